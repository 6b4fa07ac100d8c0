"""TensorFlow Model Analysis: its metrics and its validator over one Beam pipeline, in which each outcome is a slice."""
import os
import tempfile

OUTCOME = "outcome"
CONFIG = """
model_specs {{ name: "candidate" label_key: "label" prediction_key: "candidate" }}
model_specs {{ name: "baseline" label_key: "label" prediction_key: "baseline" is_baseline: true }}
slicing_specs {{ feature_keys: ["{outcome}"] }}
metrics_specs {{
  model_names: ["candidate", "baseline"]
  metrics {{ class_name: "BinaryAccuracy" {threshold} }}
}}
"""
CHANGE = "threshold {{ change_threshold {{ direction: HIGHER_IS_BETTER absolute {{ value: {least} }} }} }}"


def validate(margin, scores, outcomes):
    """A decision an outcome, by a change threshold: the accuracy may fall by the margin."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
    import apache_beam as beam
    import pandas as pd
    import pyarrow as pa
    import tensorflow_model_analysis as tfma
    from google.protobuf import text_format
    from tensorflow_model_analysis.proto import config_pb2
    from tfx_bsl.arrow import table_util

    def config(threshold):
        return text_format.Parse(CONFIG.format(outcome=OUTCOME, threshold=threshold), config_pb2.EvalConfig())

    rows = []
    for number, outcome in enumerate(outcomes):
        for mine, theirs in zip(*scores(*outcome)):
            rows.append({OUTCOME: str(number), "label": 1.0, "candidate": mine, "baseline": theirs})
    data = table_util.CanonicalizeRecordBatch(pa.RecordBatch.from_pandas(pd.DataFrame(rows)))
    # a change threshold without two saved models is refused everywhere but by the evaluator that validates
    plain = config("")
    validator = tfma.evaluators.MetricsPlotsAndValidationsEvaluator(
        eval_config=config(CHANGE.format(least=-margin))
    )
    with tempfile.TemporaryDirectory() as folder:
        with beam.Pipeline() as pipeline:
            evaluation = (
                pipeline
                | beam.Create([data])
                | tfma.BatchedInputsToExtracts()
                | tfma.ExtractAndEvaluate(
                    extractors=tfma.default_extractors(eval_config=plain), evaluators=[validator]
                )
            )
            evaluation | tfma.WriteResults(writers=tfma.default_writers(folder, eval_config=plain))
        result = tfma.load_validation_result(folder)
    (matched,) = result.validation_details.slicing_details
    assert matched.num_matching_slices == len(outcomes)
    failed = set()
    for slice_ in result.metric_validations_per_slice:
        if any(failure.metric_key.is_diff for failure in slice_.failures):
            failed.add(int(slice_.slice_key.single_slice_keys[0].bytes_value))
    return ["reject" if number in failed else "approve" for number in range(len(outcomes))]
