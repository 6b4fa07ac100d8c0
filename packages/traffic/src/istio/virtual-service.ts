import { quote, UserError } from '@sluice/contract';
import type { KubernetesObject } from '@sluice/kubernetes';
import type { Narrowing, RuleKind } from '../kubernetes/rule-kind.ts';
import { patternOf } from '../segments.ts';

/** A destination of a rule; users are shared out by `weight` / sum of the rule's weights. */
export interface Destination {
  readonly destination: { readonly host: string; readonly subset?: string };
  /** Default: 1 where there is no other, else 0. */
  readonly weight?: number;
}

/** What a text must be; nothing: anything. */
interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

/** A rule for HTTP. What else it holds is kept as it is. */
export interface HttpRule {
  readonly name?: string;
  /** One of them must hold; none: all requests. */
  readonly match?: readonly { readonly headers?: Readonly<Record<string, StringMatch>> }[];
  readonly route?: readonly Destination[];
}

/** @see https://istio.io/latest/docs/reference/config/networking/virtual-service/ */
export interface VirtualService extends KubernetesObject {
  readonly spec: { readonly http?: readonly HttpRule[] };
}

/** A backend is named by its subset, else by the first part of its host. */
const nameOf = ({ destination }: Destination): string =>
  destination.subset ?? (destination.host.split('.')[0] as string);

export const httpRules: RuleKind<VirtualService, HttpRule> = {
  rulesIn: ({ spec }) => spec.http ?? [],
  patch: (http) => ({ spec: { http } }),
  plain: ({ name, route = [] }) => ({
    name,
    backends: route.map((one) => ({ name: nameOf(one), weight: one.weight ?? (route.length === 1 ? 1 : 0) })),
  }),
  weighted: (rule, weights) => ({
    ...rule,
    route: (rule.route ?? []).map((one) => ({ ...one, weight: weights[nameOf(one)] ?? one.weight ?? 0 })),
  }),
};

/** A rule for the users of segments: its matches, each with the headers besides. The first rule that matches is taken, so it loses no others. */
export const narrowing: Narrowing<HttpRule> = {
  named: (rule, name) => ({ ...rule, name }),
  narrowed(rule, segments) {
    const match = (rule.match?.length ? rule.match : [{}]).flatMap((one) => {
      const headers: Record<string, StringMatch> = { ...one.headers };
      for (const [header, values] of Object.entries(segments)) {
        const regex = patternOf(values);
        const key = Object.keys(headers).find((name) => name.toLowerCase() === header) ?? header;
        const asked = headers[key] ?? {};
        if (asked.exact !== undefined) {
          if (!values.includes(asked.exact.toLowerCase())) return [];
        } else if (asked.prefix === undefined && (asked.regex ?? regex) === regex) headers[key] = { regex };
        else
          throw new UserError(
            `segments: a rule asks for header ${header} by ${quote(asked.prefix ?? asked.regex ?? '')}; whether the values of the segment are in it cannot be said. Steer that rule alone (?rule=<name>), without segments.`,
          );
      }
      return [{ ...one, headers }];
    });
    return match.length === 0 ? undefined : { ...rule, match };
  },
};
