// When: ever, in the last so many days, this month or the one before, since something happened.
import type { Json } from '../../api/rules.ts';
import { isObject } from '../../lib/rule-tree.ts';
import { useBuilding } from './context.tsx';
import { usePlace, type PartProps } from './place.tsx';
import type { Option, WindowShape } from './part.ts';
import { ChoiceWord, DurationWord } from './words.tsx';
import { ThingPart } from './names.tsx';

const anchors: { readonly [kind: string]: string } = {
  last_order: 'since the last order',
  episode: 'since this episode of the relationship began',
  stage: 'since entering the present stage of',
  run: 'since the journey began for them',
};

export function WindowPart({ part, condition, describedBy }: PartProps<'window'>) {
  const { seen } = useBuilding();
  const { value, wrong, set } = usePlace(condition, 'window');
  const last = usePlace(condition, 'window.last');
  const chosen = shapeOf(value);
  const options = optionsOf(part.shapes, chosen);
  const choose = (next: Json | undefined): void => {
    if (next === 'ever') return set(undefined);
    if (next === 'last') return set({ last: 'P30D' });
    if (next === 'this' || next === 'previous') return set({ [next]: 'month' });
    const kind = String(next).replace('since ', '');
    set({ since: kind === 'stage' ? { kind, model: seen.models[0]?.key ?? '' } : { kind } });
  };
  return (
    <>
      <ChoiceWord
        label="When"
        value={chosen}
        options={options}
        wrong={wrong && chosen !== 'last'}
        describedBy={describedBy}
        onChange={choose}
      />{' '}
      {chosen === 'last' && (
        <DurationWord
          label="In the last"
          value={last.value}
          wrong={last.wrong}
          describedBy={describedBy}
          onChange={last.set}
        />
      )}
      {(chosen === 'this' || chosen === 'previous') && (
        <ChoiceWord
          label="Period"
          value={isObject(value) ? value[chosen] : undefined}
          options={periods}
          wrong={wrong}
          describedBy={describedBy}
          onChange={(period) => set({ [chosen]: period ?? null })}
        />
      )}
      {chosen === 'since stage' && (
        <ThingPart
          part={{ part: 'thing', key: 'window.since.model', label: 'Lifecycle model', of: 'models' }}
          condition={condition}
          describedBy={describedBy}
        />
      )}
    </>
  );
}

const periods: readonly Option[] = ['day', 'week', 'month', 'quarter', 'year'].map((period) => ({
  value: period,
  text: period,
}));

function shapeOf(window: Json | undefined): string {
  if (!isObject(window)) return 'ever';
  for (const shape of ['last', 'this', 'previous']) if (shape in window) return shape;
  const { since } = window;
  return isObject(since) ? `since ${String(since['kind'])}` : 'ever';
}

/** "Since the journey began" has a meaning inside journeys only: shown where it stands already. */
function optionsOf(shapes: readonly WindowShape[], chosen: string): readonly Option[] {
  return shapes.flatMap((shape): readonly Option[] => {
    switch (shape) {
      case 'ever':
        return [{ value: 'ever', text: 'ever' }];
      case 'last':
        return [{ value: 'last', text: 'in the last' }];
      case 'calendar':
        return [
          { value: 'this', text: 'this' },
          { value: 'previous', text: 'in the previous' },
        ];
      case 'since':
        return Object.entries(anchors)
          .filter(([kind]) => kind !== 'run' || chosen === 'since run')
          .map(([kind, text]) => ({ value: `since ${kind}`, text }));
    }
  });
}
