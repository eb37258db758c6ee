// "Why is she in this stage, and when will that change": a sentence first, the rule's tree for whoever asks further.
import { useQuery } from '@tanstack/react-query';
import { lifecycleQuery } from '../api/lifecycle.ts';
import type { PersonStage } from '../api/people.ts';
import { useFormats, When } from '../app/formats.tsx';
import { stagePaint } from '../lib/stages.ts';
import { Explanation } from '../ui/explanation.tsx';
import { Card } from '../ui/page.tsx';
import { StageMark } from '../ui/stage.tsx';

export interface StandingInModelProps {
  readonly stage: PersonStage;
  readonly person: string;
}

export function StandingInModel({ stage, person }: StandingInModelProps) {
  const formats = useFormats();
  const models = useQuery(lifecycleQuery).data?.items ?? [];
  const model = models.find((one) => one.key === stage.model);
  const index = model?.stages.findIndex((one) => one.key === stage.stage) ?? -1;
  const paint =
    model && index >= 0
      ? stagePaint(
          model.stages.map((one) => one.look),
          index,
        )
      : stagePaint([stage.look ?? 'growing'], 0);
  return (
    <Card className="stack-tight">
      <div className="row-wide">
        <span className="stage-name">
          {stage.stage ? (
            <StageMark paint={paint} name={stage.stage_name ?? stage.stage} />
          ) : (
            'Outside this model'
          )}
        </span>
        <span className="muted">{stage.model_name}</span>
      </div>
      {model && stage.stage && <StageSteps stages={model.stages} at={stage.stage} />}
      <p className="sentence">{stage.sentence}</p>
      <p className="sentence">
        {stage.next ? (
          <>
            {person} moves to <strong>{stage.next.stage_name ?? 'no stage'}</strong> on{' '}
            {formats.date(stage.next.at)} (
            <When at={stage.next.at} as="ago" />) if nothing happens before.
          </>
        ) : (
          <>Silence alone will not change this.</>
        )}
      </p>
      {stage.since && (
        <p className="muted">
          In this stage since <When at={stage.since} as="date" />.
        </p>
      )}
      {stage.why && (
        <details>
          <summary className="muted">Every condition, and what was found</summary>
          <Explanation why={stage.why} />
        </details>
      )}
    </Card>
  );
}

/** The stages of the model in order, this one marked. */
function StageSteps({
  stages,
  at,
}: {
  readonly stages: readonly {
    readonly key: string;
    readonly name: string;
    readonly look: PersonStage['look'];
  }[];
  readonly at: string;
}) {
  const looks = stages.map((stage) => stage.look ?? 'growing');
  return (
    <ol className="stage-steps" aria-label="Stages of the model">
      {stages.map((stage, i) => {
        const paint = stagePaint(looks, i);
        const here = stage.key === at;
        return (
          <li key={stage.key} aria-current={here ? 'step' : undefined}>
            <span
              className={paint.hatched ? 'step-line hatched' : 'step-line'}
              style={{ backgroundColor: here ? paint.color : 'var(--line)' }}
              aria-hidden="true"
            />
            <span className="step-name">{stage.name}</span>
          </li>
        );
      })}
    </ol>
  );
}
