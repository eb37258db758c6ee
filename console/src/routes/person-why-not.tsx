// "Why are they not in this segment?": the tree of reasons for any segment, asked when somebody wants to know.
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { explainQuery } from '../api/segments.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { Explanation } from '../ui/explanation.tsx';
import { SegmentSelect } from '../ui/segment-select.tsx';
import { Loading, Trouble } from '../ui/states.tsx';

export function WhyNotInSegment({ id, inside }: { readonly id: string; readonly inside: readonly string[] }) {
  const segments = useQuery(vocabularyQuery).data?.segments;
  const [key, setKey] = useState<string | null>(null);
  const others = useMemo(() => {
    const known = new Set(inside);
    return (segments ?? []).filter((one) => !known.has(one.key));
  }, [segments, inside]);
  if (others.length === 0) return null;
  return (
    <div className="stack-tight">
      <SegmentSelect
        label="Why not in …"
        placeholder="Choose a segment"
        clearable
        clearButtonProps={{ 'aria-label': 'No segment' }}
        nothingFoundMessage="No other segment has these words."
        segments={others}
        value={key}
        onChange={setKey}
      />
      {key !== null && <WhyNot id={id} segment={key} />}
    </div>
  );
}

function WhyNot({ id, segment }: { readonly id: string; readonly segment: string }) {
  const explained = useQuery({ ...explainQuery(id, { segment }), retry: false });
  if (explained.isError) return <Trouble error={explained.error} />;
  if (!explained.data) return <Loading rows={2} label="Asking" />;
  return <Explanation why={explained.data.why} label="Why not" />;
}
