import { quote, UserError } from '@sluice/contract';
import type { KubernetesObject } from '@sluice/kubernetes';
import type { Instance, Slot } from '@sluice/rollout';
import { parseAllDocuments } from 'yaml';

/** An object that can be applied. */
export type Manifest = KubernetesObject & { readonly apiVersion: string; readonly kind: string };

const KEYS = ['version', 'image', 'run-id', 'slot'] as const;

/** What the placeholders stand for. */
function valuesOf({ version, image, runId }: Instance, slot: Slot): Readonly<Record<string, string>> {
  return { version, image, 'run-id': runId, slot };
}

/** `{version}`, `{image}`, `{run-id}` and `{slot}` filled in; other braces stay. */
export function filled(text: string, instance: Instance, slot: Slot): string {
  const values = valuesOf(instance, slot);
  return text.replace(/\{(version|image|run-id|slot)\}/g, (_, key: string) => values[key] as string);
}

/**
 * The objects of a manifest for one slot. Placeholders stand in texts alone, so that no value can become anything else than a text.
 * @throws UserError for what is no manifest
 */
export function objectsOf(manifest: string, instance: Instance, slot: Slot): Manifest[] {
  const documents = parseAllDocuments(manifest);
  const wrong = (Array.isArray(documents) ? documents : []).flatMap((doc) => doc.errors)[0];
  if (wrong) throw new UserError(`start: the manifest is no YAML: ${wrong.message}`);
  const objects = (Array.isArray(documents) ? documents : [])
    .map((doc) => fill(doc.toJS({ maxAliasCount: 50 }), instance, slot))
    .filter((value) => value !== null && value !== undefined);
  for (const [i, object] of objects.entries()) check(object, i + 1);
  if (objects.length === 0) throw new UserError('start: the manifest holds no object');
  return objects as Manifest[];
}

function fill(value: unknown, instance: Instance, slot: Slot): unknown {
  if (typeof value === 'string') return filled(value, instance, slot);
  if (Array.isArray(value)) return value.map((item) => fill(item, instance, slot));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only && only[1] === null && (KEYS as readonly string[]).includes(only[0]))
    throw new UserError(
      `start: the manifest holds {${only[0]}} without quotes, which YAML reads as a map: write "{${only[0]}}"`,
    );
  return Object.fromEntries(entries.map(([key, item]) => [key, fill(item, instance, slot)]));
}

function check(value: unknown, number: number): void {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<Manifest>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof metadata?.name !== 'string')
    throw new UserError(
      `start: object ${number} of the manifest (${quote(String(kind ?? 'no kind'))}) lacks apiVersion, kind or metadata.name`,
    );
}
