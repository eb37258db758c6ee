// A journey's figures for a period that can be chosen, with what they say in one sentence.
import { SegmentedControl } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { Journey } from '../api/journeys.ts';
import { useFormats } from '../app/formats.tsx';
import { journeyFinding } from '../lib/journey-words.ts';

const route = getRouteApi('/shell/journeys/$id');
const periods = [
  { value: '', label: 'All time' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];

export function JourneyFigures({ journey }: { readonly journey: Journey }) {
  const formats = useFormats();
  const { days } = route.useSearch();
  const navigate = useNavigate();
  const { period } = journey;
  const figures: [string, number][] = [
    ['entered', period.entered],
    ['on the way now', journey.running],
    ['reached the goal', period.goals],
    ['in the control group', period.control],
  ];
  return (
    <section className="section" aria-label="Figures">
      <div className="section-head">
        <h2 className="finding" aria-live="polite">
          {journeyFinding(period, { days: journey.days, formats })}
        </h2>
        <div className="section-actions">
          <SegmentedControl
            aria-label="Of which time"
            size="xs"
            data={periods}
            value={days === undefined ? '' : String(days)}
            onChange={(value) =>
              void navigate({
                to: '/journeys/$id',
                params: { id: journey.id },
                search: (old) => ({ ...old, days: value === '' ? undefined : Number(value) }),
                replace: true,
                resetScroll: false,
              })
            }
          />
        </div>
      </div>
      <dl className="figures">
        {figures.map(([name, n]) => (
          <div key={name}>
            <dd>{formats.number(n)}</dd>
            <dt>{name}</dt>
          </div>
        ))}
      </dl>
    </section>
  );
}
