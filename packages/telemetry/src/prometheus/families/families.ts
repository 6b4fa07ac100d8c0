import { nearest, quote, UserError } from '@sluice/contract';
import { devices } from './devices.ts';
import { engines } from './engines.ts';
import type { Family } from './family.ts';
import { gateways } from './gateways.ts';

/** Metric names by program. */
export const families = { ...gateways, ...engines, ...devices } as const;

export type FamilyName = keyof typeof families;

/** @throws UserError for a name that is not in the table */
export function familyNamed(name: string): Family {
  const names = Object.keys(families);
  const known = names.find((n) => n === name) as FamilyName | undefined;
  if (known) return families[known];
  if (name === 'nginx')
    throw new UserError(
      "family 'nginx': the exporter of open-source NGINX counts requests of the whole server, without statuses. Give NGINX's JSON access log, or the family nginx-vts or nginx-plus.",
    );
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
export function slotMatch(given: string, { label, suffix }: Pick<Family, 'label' | 'suffix'>): string {
  if (/^[A-Za-z0-9_.:/@-]+$/.test(given))
    return suffix === undefined
      ? `${label}="${given}"`
      : `${label}=~"${given.replaceAll('.', '\\\\.')}${suffix}"`;
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
