// Stages as marks and as bars. The bars are a table, so that the picture and its figures are one thing.
import { Link } from '@tanstack/react-router';
import type { Look } from '../api/rules.ts';
import { useFormats } from '../app/formats.tsx';
import { stagePaint, type StagePaint } from '../lib/stages.ts';
import './stage.css';

const lookWords: { readonly [look in Look]: string } = { growing: '', decline: 'in decline', ended: 'ended' };

export function StageMark({
  paint,
  name,
  look,
}: {
  readonly paint: StagePaint;
  readonly name: string;
  readonly look?: Look;
}) {
  return (
    <span className="stage-mark">
      <span
        className={paint.hatched ? 'stage-dot hatched' : 'stage-dot'}
        style={{ backgroundColor: paint.color }}
        aria-hidden="true"
      />
      <span>{name}</span>
      {look && look !== 'growing' && <span className="hidden-visually">({lookWords[look]})</span>}
    </span>
  );
}

export interface BarStage {
  readonly key: string;
  readonly name: string;
  readonly look: Look;
  readonly people: number;
}

export interface StageBarsProps {
  readonly model: string;
  readonly label: string;
  readonly stages: readonly BarStage[];
}

/** Every bar starts at zero; the longest stage is the full width. */
export function StageBars({ model, label, stages }: StageBarsProps) {
  const formats = useFormats();
  const looks = stages.map((stage) => stage.look);
  const most = Math.max(1, ...stages.map((stage) => stage.people));
  const all = stages.reduce((sum, stage) => sum + stage.people, 0);
  return (
    <table className="bars" aria-label={label}>
      <thead className="hidden-visually">
        <tr>
          <th scope="col">Stage</th>
          <th scope="col">Picture</th>
          <th scope="col">People</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        {stages.map((stage, i) => {
          const paint = stagePaint(looks, i);
          return (
            <tr key={stage.key}>
              <th scope="row">
                <Link
                  to="/people"
                  search={{ stage: `${model}:${stage.key}` }}
                  className="name-link bars-link"
                >
                  {stage.name}
                </Link>
              </th>
              <td className="bars-track">
                <div
                  className={paint.hatched ? 'bar hatched' : 'bar'}
                  style={{
                    display: stage.people === 0 ? 'none' : 'block',
                    width: `${(stage.people / most) * 100}%`,
                    backgroundColor: paint.color,
                  }}
                />
              </td>
              <td className="bars-count">{formats.number(stage.people)}</td>
              <td className="bars-share muted">{all === 0 ? '–' : formats.share(stage.people / all)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
