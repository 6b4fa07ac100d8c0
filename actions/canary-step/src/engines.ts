/** Programs that count requests, by whose names a Prometheus has their metrics. Listed here too: a definition loads no metric names. */
export const ENGINES = [
  'vllm',
  'sglang',
  'lmdeploy',
  'tgi',
  'tensorrt-llm',
  'triton',
  'kserve',
  'seldon',
  'haproxy',
  'nginx-plus',
  'nginx-vts',
  'envoy',
  'istio',
  'ingress-nginx',
] as const;
