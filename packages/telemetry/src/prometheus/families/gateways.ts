import type { Family } from './family.ts';

/** What stands before the engines and splits the users. */
export const gateways = {
  haproxy: {
    read: 'HAProxy 2.4 and newer, addons/promex/README',
    note: 'no durations, and an answer that is cut off after its status is no error: its JSON access log has both',
    label: 'proxy',
    requests: [{ metric: 'haproxy_backend_http_responses_total' }],
    errors: [{ metric: 'haproxy_backend_http_responses_total', match: 'code="5xx"' }],
    aborted: [{ metric: 'haproxy_backend_client_aborts_total' }],
  },
  'nginx-plus': {
    read: 'nginx-prometheus-exporter of August 2026, README (NGINX Plus)',
    note: 'no durations',
    label: 'upstream',
    requests: [{ metric: 'nginxplus_upstream_server_responses' }],
    errors: [{ metric: 'nginxplus_upstream_server_responses', match: 'code="5xx"' }],
  },
  'nginx-vts': {
    read: 'nginx-module-vts, ngx_http_vhost_traffic_status_display_prometheus.h',
    note: 'durations need `vhost_traffic_status_histogram_buckets`',
    label: 'upstream',
    requests: [{ metric: 'nginx_vts_upstream_requests_total', match: 'code=~"[1-5]xx"' }],
    errors: [{ metric: 'nginx_vts_upstream_requests_total', match: 'code="5xx"' }],
    latency: { metric: 'nginx_vts_upstream_request_duration_seconds_bucket', unit: 's' },
  },
  envoy: {
    read: 'Envoy, configuration reference, upstream: cluster manager statistics',
    label: 'envoy_cluster_name',
    requests: [{ metric: 'envoy_cluster_upstream_rq_completed' }],
    errors: [{ metric: 'envoy_cluster_upstream_rq_xx', match: 'envoy_response_code_class="5"' }],
    latency: { metric: 'envoy_cluster_upstream_rq_time_bucket', unit: 'ms' },
  },
  istio: {
    read: 'Istio, docs/reference/config/metrics',
    note: "as the gateway or the caller's sidecar sees it, so that a pod which does not answer is seen",
    label: 'destination_workload',
    requests: [{ metric: 'istio_requests_total', match: 'reporter="source"' }],
    errors: [{ metric: 'istio_requests_total', match: 'reporter="source",response_code=~"5.."' }],
    latency: {
      metric: 'istio_request_duration_milliseconds_bucket',
      match: 'reporter="source"',
      unit: 'ms',
    },
  },
  'ingress-nginx': {
    read: 'ingress-nginx of March 2026, internal/ingress/metric/collectors/socket.go',
    note: 'statuses may be classes (`5xx`) with --report-status-classes',
    label: 'service',
    requests: [{ metric: 'nginx_ingress_controller_requests' }],
    errors: [{ metric: 'nginx_ingress_controller_requests', match: 'status=~"5.."' }],
    latency: { metric: 'nginx_ingress_controller_request_duration_seconds_bucket', unit: 's' },
    first: { metric: 'nginx_ingress_controller_header_duration_seconds_bucket', unit: 's' },
  },
  kserve: {
    read: "KServe on Knative: queue-proxy's metrics, knative.dev/docs/serving/services/service-metrics",
    note: 'an InferenceService without Knative and an LLMInferenceService are read by their gateway (`istio`, `envoy`) and engine (`vllm`)',
    label: 'revision_name',
    requests: [{ metric: 'revision_request_count' }],
    errors: [{ metric: 'revision_request_count', match: 'response_code_class="5xx"' }],
    latency: { metric: 'revision_request_latencies_bucket', unit: 'ms' },
  },
  // the pipelines' gateway counts no REST request that failed (scheduler/pkg/kafka/pipeline/httpserver.go), so a broken one would look well
  seldon: {
    read: 'Seldon Core 2, operational metrics (docs.seldon.ai), and scheduler/pkg/metrics/agent.go',
    note: 'models, not pipelines; no durations: name the engine on the next line; a REST request that got no answer is not counted',
    label: 'model_internal',
    suffix: '_[0-9]+',
    requests: [{ metric: 'seldon_model_infer_total' }],
    errors: [
      {
        metric: 'seldon_model_infer_total',
        // statuses of HTTP and names of gRPC's; 404: the agent could not load the model
        match:
          'code=~"5..|404|NotFound|Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"',
      },
    ],
    aborted: [{ metric: 'seldon_model_infer_total', match: 'code="Canceled"' }],
  },
} as const satisfies Record<string, Family>;
