// A program that asks fewer segments: those wanted, and whatever they, models, programmes, journeys and the engine itself look at. Of
// these it says what the whole program says, and of the others nothing. For looking ahead where there are thousands of segments.
import { COMPLAINT_SEGMENT } from './policy/look.ts';
import type { CompiledSegment, Program } from './program.ts';
import type { Read } from './rules/reads.ts';
import { GONE_SEGMENT } from './settle.ts';
import { indexRules, OUTSIDE_SEGMENT } from './touched.ts';

export function narrow(program: Program, wanted: Iterable<string>): Program {
  const kept = new Set<CompiledSegment>();
  const keep = (key: string): void => {
    const segment = program.segmentByKey.get(key);
    if (segment === undefined || kept.has(segment)) return;
    kept.add(segment);
    keepRead(segment.rule.reads);
  };
  const keepRead = (reads: readonly Read[]): void => {
    for (const read of reads) if (read.startsWith('segment:')) keep(read.slice('segment:'.length));
  };
  for (const key of [...wanted, COMPLAINT_SEGMENT, GONE_SEGMENT, OUTSIDE_SEGMENT]) keep(key);
  for (const { stages } of program.models) for (const { rule } of stages) keepRead(rule.reads);
  for (const { rules } of program.programmes) for (const { reads } of rules) keepRead(reads);
  for (const { versions } of program.journeys.values())
    for (const { rules } of versions.values()) for (const { reads } of rules) keepRead(reads);
  for (const start of program.starts.keys()) {
    const [, key] = /^segment_(?:joined|left):(.*)$/.exec(start) ?? [];
    if (key !== undefined) keep(key);
  }
  const segments = program.segments.filter((segment) => kept.has(segment));
  return { ...program, segments, index: indexRules(segments, program.models, program.programmes) };
}
