// Draws the parts of a condition's sentence. Every kind of part once; what a condition is made of stands in forms.ts.
import { Fragment } from 'react';
import { withNegation } from '../../lib/rule-tree.ts';
import { Icon } from '../icons.tsx';
import { ComparisonPart, WherePart } from './comparison.tsx';
import { useBuilding } from './context.tsx';
import { EventsPart, PathPart, SeveralPart, StagesPart, ThingPart } from './names.tsx';
import { TakeOut, usePlace, type PartProps } from './place.tsx';
import { AmountWord, ChoiceWord, DaysWord, DurationWord, NumberWord, TextWord } from './words.tsx';
import { WindowPart } from './window.tsx';

export function PartView({ part, condition, describedBy }: PartProps) {
  const around = { condition, describedBy };
  switch (part.part) {
    case 'words':
      return <span className={part.text.startsWith(',') ? 'closes-up' : undefined}>{part.text}</span>;
    case 'verb':
      return <Verb part={part} {...around} />;
    case 'choice':
    case 'number':
    case 'days':
    case 'amount':
    case 'duration':
    case 'text':
      return <Plain part={part} {...around} />;
    case 'events':
      return <EventsPart part={part} {...around} />;
    case 'where':
      return <WherePart part={part} {...around} />;
    case 'property':
    case 'trait':
      return <PathPart part={part} {...around} />;
    case 'comparison':
      return <ComparisonPart part={part} {...around} />;
    case 'window':
      return <WindowPart part={part} {...around} />;
    case 'thing':
      return <ThingPart part={part} {...around} />;
    case 'stages':
      return <StagesPart part={part} {...around} />;
    case 'several':
      return <SeveralPart part={part} {...around} />;
    case 'more':
      return <More part={part} {...around} />;
  }
}

function Verb({ part, condition, describedBy }: PartProps<'verb'>) {
  const { rule, change } = useBuilding();
  return (
    <ChoiceWord
      label="Holds or not"
      wrong={false}
      describedBy={describedBy}
      value={condition.negated}
      options={[
        { value: false, text: part.yes },
        { value: true, text: part.no },
      ]}
      onChange={(negated) => change(withNegation(rule, condition, negated === true))}
    />
  );
}

function Plain({
  part,
  condition,
  describedBy,
}: PartProps<'choice' | 'number' | 'days' | 'amount' | 'duration' | 'text'>) {
  const { value, wrong, set } = usePlace(condition, part.key);
  const word = { label: part.label, value, wrong, describedBy, onChange: set };
  switch (part.part) {
    case 'choice':
      return <ChoiceWord {...word} options={part.options} />;
    case 'number':
      return (
        <span className="nowrap">
          <NumberWord {...word} percent={part.percent ?? false} />
          {part.percent && ' %'}
          {part.unit && ` ${part.unit[value === 1 ? 0 : 1]}`}
        </span>
      );
    case 'days':
      return <DaysWord {...word} />;
    case 'amount':
      return <AmountWord {...word} />;
    case 'duration':
      return <DurationWord {...word} days={part.days ?? false} />;
    case 'text':
      return <TextWord {...word} />;
  }
}

function More({ part, condition, describedBy }: PartProps<'more'>) {
  const { value, set } = usePlace(condition, part.key);
  if (value === undefined)
    return (
      <button type="button" className="word-add" onClick={() => set(part.start)}>
        <Icon name="plus" size={16} />
        {part.add}
      </button>
    );
  return (
    <>
      {part.parts.map((one, i) => (
        <Fragment key={i}>
          <PartView part={one} condition={condition} describedBy={describedBy} />{' '}
        </Fragment>
      ))}
      <TakeOut label={`Take out: ${part.add}`} onClick={() => set(undefined)} />
    </>
  );
}
