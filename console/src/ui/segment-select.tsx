// One segment out of thousands: found by words of its name in any order, the fifty that fit best shown.
import { Select, type ComboboxParsedItem, type SelectProps } from '@mantine/core';
import { useMemo } from 'react';
import type { Thing } from '../api/vocabulary.ts';
import { bestOf } from '../lib/find.ts';

const shownMax = 50;

export function SegmentSelect({
  segments,
  ...rest
}: { readonly segments: readonly Thing[] } & Omit<SelectProps, 'data'>) {
  const data = useMemo(() => segments.map(({ key, name }) => ({ value: key, label: name })), [segments]);
  return (
    <Select
      searchable
      nothingFoundMessage="No segment has these words."
      filter={({ options, search }) => fitting(options, search)}
      {...rest}
      data={data}
    />
  );
}

function fitting(options: readonly ComboboxParsedItem[], search: string): ComboboxParsedItem[] {
  const all = options.flatMap((option) => ('group' in option ? [] : [{ option, words: option.label }]));
  const found = bestOf(search, all, all.length).map(({ option }) => option);
  const shown: ComboboxParsedItem[] = found.slice(0, shownMax);
  const more = found.length - shown.length;
  if (more > 0) shown.push({ value: '', label: `and ${more} more: type a few letters`, disabled: true });
  return shown;
}
