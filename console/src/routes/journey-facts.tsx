// What holds for everyone on a journey: its goal, its control group, how often one may enter.
import { useQuery } from '@tanstack/react-query';
import type { Journey } from '../api/journeys.ts';
import { previewRule } from '../api/segments.ts';
import { templatesQuery } from '../api/templates.ts';
import { useFormats } from '../app/formats.tsx';
import { asSentence } from '../lib/format.ts';
import { reentryWords, type TemplateNames } from '../lib/journey-words.ts';
import { Facts } from '../ui/page.tsx';

/** Names of templates by key; empty until they are known. */
export function useTemplateNames(): TemplateNames {
  const templates = useQuery({ ...templatesQuery, staleTime: 60_000 }).data?.items ?? [];
  return Object.fromEntries(templates.map((template) => [template.key, template.name]));
}

export function JourneyFacts({ journey }: { readonly journey: Journey }) {
  const formats = useFormats();
  const { goal, hold_out: holdOut = 0, reentry } = journey.graph;
  const sentence = useQuery({
    queryKey: ['rule-preview', goal?.rule ?? null],
    queryFn: () => previewRule(goal?.rule),
    enabled: goal !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  }).data?.sentence;
  const ends = goal?.exits
    ? 'The journey ends the moment it is reached.'
    : 'The journey goes on when it is reached.';
  return (
    <Facts
      rows={[
        ['Goal', goal ? `${sentence ? asSentence(sentence) : ''} ${ends}` : 'none'],
        [
          'Control group',
          holdOut > 0 ? `${formats.share(holdOut)} get nothing, so that we can see whether it helps` : 'none',
        ],
        ['One person enters', reentryWords(reentry)],
      ]}
    />
  );
}
