import type { Family } from './family.ts';

const chat = 'handler=~"/v1/.*",handler!="/v1/models"';
const sglangChat = 'endpoint=~"/v1/.*|/generate",endpoint!="/v1/models"';
/** `str(ResponseType.X)` of Python. */
const lmdeployEnd = (names: string): string => `finished_reason=~"ResponseType.(${names})"`;

/** Engines that generate text. */
export const engines = {
  vllm: {
    read: 'vLLM 0.32.0, vllm/v1/metrics/loggers.py and entrypoints/serve/instrumentator/metrics.py',
    note: '`http_requests_total` is counted by its HTTP server, the rest by the engine; older versions lack the time per token of whole requests',
    label: 'job',
    requests: [{ metric: 'http_requests_total', match: chat }],
    errors: [{ metric: 'http_requests_total', match: `${chat},status="5xx"` }],
    latency: { metric: 'vllm:e2e_request_latency_seconds_bucket', unit: 's' },
    first: { metric: 'vllm:time_to_first_token_seconds_bucket', unit: 's' },
    perToken: { metric: 'vllm:request_time_per_output_token_seconds_bucket', unit: 's' },
    tokens: {
      count: { metric: 'vllm:request_generation_tokens_sum' },
      seconds: { metric: 'vllm:request_decode_time_seconds_sum' },
    },
    cutOff: [{ metric: 'vllm:request_success_total', match: 'finished_reason="length"' }],
  },
  sglang: {
    read: 'SGLang 0.5.23, srt/observability, with --enable-metrics',
    note: 'the time per token is counted token by token; seconds of tokens are those of whole requests',
    label: 'job',
    requests: [{ metric: 'sglang:http_responses_total', match: sglangChat }],
    errors: [{ metric: 'sglang:http_responses_total', match: `${sglangChat},status_code=~"5.."` }],
    aborted: [{ metric: 'sglang:num_aborted_requests_total' }],
    latency: { metric: 'sglang:e2e_request_latency_seconds_bucket', unit: 's' },
    first: { metric: 'sglang:time_to_first_token_seconds_bucket', unit: 's' },
    perToken: { metric: 'sglang:inter_token_latency_seconds_bucket', unit: 's' },
    tokens: {
      count: { metric: 'sglang:generation_tokens_total' },
      seconds: { metric: 'sglang:e2e_request_latency_seconds_sum' },
    },
  },
  lmdeploy: {
    read: 'LMDeploy 0.16.0, lmdeploy/metrics/loggers.py, with --enable-metrics',
    note: 'requests that never reached the engine are not counted',
    label: 'job',
    requests: [{ metric: 'lmdeploy:request_success_total' }],
    errors: [
      {
        metric: 'lmdeploy:request_success_total',
        match: lmdeployEnd(
          'ENGINE_STOP_ERROR|INTERNAL_ENGINE_ERROR|OUT_OF_MEMORY|HANDLER_NOT_EXIST|NO_QUEUE',
        ),
      },
    ],
    aborted: [{ metric: 'lmdeploy:request_success_total', match: lmdeployEnd('CANCEL') }],
    latency: { metric: 'lmdeploy:e2e_request_latency_seconds_bucket', unit: 's' },
    first: { metric: 'lmdeploy:time_to_first_token_seconds_bucket', unit: 's' },
    perToken: { metric: 'lmdeploy:time_per_output_token_seconds_bucket', unit: 's' },
    tokens: {
      count: { metric: 'lmdeploy:request_generation_tokens_sum' },
      seconds: { metric: 'lmdeploy:request_decode_time_seconds_sum' },
    },
  },
  tgi: {
    read: 'text-generation-inference 3.3.6, router/src/server.rs and router/src/infer/mod.rs',
    note: 'requests that were refused as invalid are no errors; no time to first token',
    label: 'job',
    requests: [{ metric: 'tgi_request_count' }],
    errors: [{ metric: 'tgi_request_failure', match: 'err!="validation",err!="template"' }],
    latency: { metric: 'tgi_request_duration_bucket', unit: 's' },
    perToken: { metric: 'tgi_request_mean_time_per_token_duration_bucket', unit: 's' },
    tokens: {
      count: { metric: 'tgi_request_generated_tokens_sum' },
      seconds: { metric: 'tgi_request_inference_duration_sum' },
    },
  },
  'tensorrt-llm': {
    read: 'TensorRT-LLM of 2026, tensorrt_llm/metrics/collector.py (trtllm-serve, /prometheus/metrics)',
    label: 'job',
    requests: [{ metric: 'trtllm_request_success_total' }, { metric: 'trtllm_request_error_total' }],
    errors: [{ metric: 'trtllm_request_error_total' }],
    latency: { metric: 'trtllm_e2e_request_latency_seconds_bucket', unit: 's' },
    first: { metric: 'trtllm_time_to_first_token_seconds_bucket', unit: 's' },
    perToken: { metric: 'trtllm_time_per_output_token_seconds_bucket', unit: 's' },
    tokens: {
      count: { metric: 'trtllm_generation_tokens_total' },
      seconds: { metric: 'trtllm_request_decode_time_seconds_sum' },
    },
    cutOff: [{ metric: 'trtllm_request_success_total', match: 'finished_reason="length"' }],
  },
  triton: {
    read: 'Triton Inference Server core of June 2026, src/metrics.cc',
    note: 'the histogram (decoupled models) exists with --metrics-config histogram_latencies=true only; Triton has no latency histogram of whole requests',
    label: 'job',
    requests: [{ metric: 'nv_inference_request_success' }, { metric: 'nv_inference_request_failure' }],
    errors: [{ metric: 'nv_inference_request_failure', match: 'reason!="REJECTED",reason!="CANCELED"' }],
    aborted: [{ metric: 'nv_inference_request_failure', match: 'reason="CANCELED"' }],
    first: { metric: 'nv_inference_first_response_histogram_ms_bucket', unit: 'ms' },
    gpu: {
      memory: { metric: 'nv_gpu_memory_used_bytes', of: ['nv_gpu_memory_total_bytes'] },
      utilisation: { metric: 'nv_gpu_utilization', times: 100 },
    },
  },
} as const satisfies Record<string, Family>;
