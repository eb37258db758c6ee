// A new model: the presets side by side, each with its stages and how everyone would spread over them, to begin with.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { presetsQuery, type Preset } from '../api/lifecycle.ts';
import { useFormats } from '../app/formats.tsx';
import { asSentence } from '../lib/format.ts';
import { scaled, standingIn, type ModelCount } from '../lib/model-count.ts';
import { stagePaint } from '../lib/stages.ts';
import { useModelCount } from '../lib/use-model-count.ts';
import { Card, Page } from '../ui/page.tsx';
import { StageMark } from '../ui/stage.tsx';
import { Answer, Badge, Trouble } from '../ui/states.tsx';
import { Asked } from './lifecycle-count.tsx';
import './lifecycle.css';

export function PresetsPage() {
  const presets = useQuery(presetsQuery);
  return (
    <Page
      title="New lifecycle model"
      back={{ to: '/lifecycle', label: 'Lifecycle' }}
      lead="Five ways to see a relationship, and how your people would stand in each. Models run side by side; choose one to begin with, and change what you like before it is made."
      actions={
        <Button renderRoot={(props) => <Link to="/new-model/edit" search={{ from: undefined }} {...props} />}>
          Begin with nothing
        </Button>
      }
    >
      <Answer of={presets}>{({ items }) => <Compared presets={items} />}</Answer>
    </Page>
  );
}

function Compared({ presets }: { readonly presets: readonly Preset[] }) {
  const asked = useMemo(() => presets.map(({ key }) => ({ preset: key })), [presets]);
  const { count, error, retry } = useModelCount(asked);
  return (
    <div className="stack">
      {error ? <Trouble error={error} onRetry={retry} /> : <Asked count={count} />}
      <ul className="presets-compared">
        {presets.map((preset) => (
          <li key={preset.key}>
            <PresetCard preset={preset} count={count} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function PresetCard({ preset, count }: { readonly preset: Preset; readonly count: ModelCount }) {
  const formats = useFormats();
  const looks = preset.stages.map(({ look }) => look);
  const moves = count.models.get(preset.key);
  const standing = (stage: string | null) =>
    moves === undefined ? null : scaled(count, standingIn(moves, stage));
  const all = preset.stages.reduce((sum, { key }) => sum + (standing(key) ?? 0), 0);
  return (
    <Card className="stack preset-card">
      <div className="row-wide">
        <h2 className="preset-name">{preset.name}</h2>
        {preset.added && (
          <Badge tone="good" icon="check">
            in use
          </Badge>
        )}
      </div>
      <ol className="preset-stages-list">
        {preset.stages.map((stage, i) => {
          const paint = stagePaint(looks, i);
          const people = standing(stage.key);
          return (
            <li key={stage.key}>
              <details>
                <summary>
                  <span className="preset-line">
                    <StageMark paint={paint} name={stage.name} look={stage.look} />
                    <span className="figure">{people === null ? '–' : formats.number(people)}</span>
                  </span>
                  <span className="preset-track" aria-hidden="true">
                    {people !== null && people > 0 && (
                      <span
                        className={paint.hatched ? 'hatched' : ''}
                        style={{
                          width: `${(people * 100) / Math.max(1, all)}%`,
                          backgroundColor: paint.color,
                        }}
                      />
                    )}
                  </span>
                </summary>
                <p className="muted">
                  {asSentence(stage.sentence)}
                  {stage.action ? ` To start with: ${stage.action}.` : ''}
                </p>
              </details>
            </li>
          );
        })}
      </ol>
      <p className="muted">
        {standing(null) === null ? '–' : formats.number(standing(null) ?? 0)} in no stage
      </p>
      <Button renderRoot={(props) => <Link to="/new-model/edit" search={{ from: preset.key }} {...props} />}>
        Begin with {preset.name}
      </Button>
    </Card>
  );
}
