import { nearest, quote, UserError } from '@sluice/contract';

/** A counter: its name and the labels that choose what is meant. */
export interface Counter {
  readonly metric: string;
  readonly match?: string;
}

/** A histogram's `_bucket` counter. */
export interface Buckets extends Counter {
  readonly unit: 's' | 'ms';
}

/** How one kind of program names what a judge needs. */
export interface Family {
  /** The label in which the two slots differ, where they are given as bare values. */
  readonly label: string;
  readonly requests: Counter;
  readonly errors: Counter;
  readonly latency?: Buckets;
  readonly first?: Buckets;
}

const chat = 'handler=~"/v1/.*",handler!="/v1/models"';

/**
 * Metric names by program.
 * - haproxy: its own exporter (2.4 and newer); it has no durations, and an answer cut off after its status is no error
 * - vllm: `http_requests_total` is counted by its HTTP server, the rest by the engine
 * - tgi: Hugging Face text-generation-inference
 * - istio: as the gateway or the caller's sidecar sees it, so that a pod which does not answer is seen
 */
export const families = {
  haproxy: {
    label: 'proxy',
    requests: { metric: 'haproxy_backend_http_responses_total' },
    errors: { metric: 'haproxy_backend_http_responses_total', match: 'code="5xx"' },
  },
  vllm: {
    label: 'job',
    requests: { metric: 'http_requests_total', match: chat },
    errors: { metric: 'http_requests_total', match: `${chat},status="5xx"` },
    latency: { metric: 'vllm:e2e_request_latency_seconds_bucket', unit: 's' },
    first: { metric: 'vllm:time_to_first_token_seconds_bucket', unit: 's' },
  },
  tgi: {
    label: 'job',
    requests: { metric: 'tgi_request_count' },
    errors: { metric: 'tgi_request_failure' },
    latency: { metric: 'tgi_request_duration_bucket', unit: 's' },
  },
  envoy: {
    label: 'envoy_cluster_name',
    requests: { metric: 'envoy_cluster_upstream_rq_completed' },
    errors: { metric: 'envoy_cluster_upstream_rq_xx', match: 'envoy_response_code_class="5"' },
    latency: { metric: 'envoy_cluster_upstream_rq_time_bucket', unit: 'ms' },
  },
  istio: {
    label: 'destination_workload',
    requests: { metric: 'istio_requests_total', match: 'reporter="source"' },
    errors: { metric: 'istio_requests_total', match: 'reporter="source",response_code=~"5.."' },
    latency: {
      metric: 'istio_request_duration_milliseconds_bucket',
      match: 'reporter="source"',
      unit: 'ms',
    },
  },
  'ingress-nginx': {
    label: 'service',
    requests: { metric: 'nginx_ingress_controller_requests' },
    errors: { metric: 'nginx_ingress_controller_requests', match: 'status=~"5.."' },
    latency: { metric: 'nginx_ingress_controller_request_duration_seconds_bucket', unit: 's' },
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof families;

/** @throws UserError for a name that is not in the table */
export function familyNamed(name: string): Family {
  const names = Object.keys(families);
  const known = names.find((n) => n === name) as FamilyName | undefined;
  if (known) return families[known];
  const near = nearest(name, names);
  throw new UserError(
    `family ${quote(name)} of metrics is unknown.${near ? ` Did you mean ${near}?` : ''} Allowed: ${names.join(', ')}.`,
  );
}

const MATCHER = /^[A-Za-z_][A-Za-z0-9_]*(=|!=|=~|!~)"([^"\\\n]|\\.)*"$/;

/**
 * The matchers that choose a slot: a bare value (`canary`) is one of the family's own label, else matchers as in PromQL
 * (`job="canary",zone="a"`).
 * @throws UserError for anything else
 */
export function slotMatch(given: string, label: string): string {
  if (/^[A-Za-z0-9_.:/@-]+$/.test(given)) return `${label}="${given}"`;
  const matchers = given.replace(/^\{|\}$/g, '').match(/[^,"]+"(?:[^"\\\n]|\\.)*"/g) ?? [];
  if (
    matchers.length === 0 ||
    matchers.join(',') !== given.replace(/^\{|\}$/g, '') ||
    !matchers.every((m) => MATCHER.test(m))
  )
    throw new UserError(
      `${quote(given)} does not choose series. Allowed: the value of label ${label}, or matchers such as job="canary",zone="a".`,
    );
  return matchers.join(',');
}

/** A PromQL selector. */
export function selector(counter: Counter, slot: string): string {
  return `${counter.metric}{${[counter.match, slot].filter(Boolean).join(',')}}`;
}
