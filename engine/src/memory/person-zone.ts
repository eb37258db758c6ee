// The time zone in which a person lives, as far as is known: dates and quiet hours are theirs.
import type { Zone } from '../lib/zone.ts';
import { compileZone } from '../lib/zone.ts';
import type { Memory } from '../person.ts';

/** The first of these traits that names a time zone. */
export const ZONE_TRAITS = ['timezone', 'time_zone'] as const;

/** `otherwise`: the workspace's. */
export function personZone({ traits }: Pick<Memory, 'traits'>, otherwise: Zone): Zone {
  for (const key of ZONE_TRAITS) {
    const name = Object.hasOwn(traits, key) ? traits[key]?.v : undefined;
    const zone = typeof name === 'string' ? compileZone(name) : null;
    if (zone !== null) return zone;
  }
  return otherwise;
}
