// The rules that earn: money of orders, and events. For everyone or only for some. Which events count closer is kept as it is stored.
import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import type { FieldProblem } from '../api/problem.ts';
import type { Programme } from '../api/programmes.ts';
import { anyCustomer, freeKey, type EarningDraft } from '../lib/programme-draft.ts';
import { RuleEditor } from '../ui/rule-editor.tsx';

interface EarningFieldsProps {
  readonly earn: readonly EarningDraft[];
  readonly unit: Programme['unit'];
  /** What the server said of a place below `/earn`. */
  readonly error: (path: string) => string | undefined;
  /** The same for the condition of one of them, from the condition on. */
  readonly problemsOfWho: (at: number) => readonly FieldProblem[];
  readonly onChange: (earn: readonly EarningDraft[]) => void;
}

export function EarningFields({ earn, unit, error, problemsOfWho, onChange }: EarningFieldsProps) {
  return (
    <>
      {earn.map((rule, i) => {
        const set = (part: Partial<EarningDraft>): void => onChange(earn.with(i, { ...rule, ...part }));
        return (
          <div className="card stack" key={rule.key}>
            <div className="row-wide">
              <NumberInput
                label={
                  rule.kind === 'spend'
                    ? `So many ${unit.many} for every …`
                    : `So many ${unit.many} each time`
                }
                min={1}
                allowDecimal={false}
                value={rule.points}
                error={error(`/${i}/points`)}
                onChange={(points) => set({ points: Number(points) })}
              />
              {earn.length > 1 && (
                <Button variant="subtle" color="danger" onClick={() => onChange(earn.toSpliced(i, 1))}>
                  Take out
                </Button>
              )}
            </div>
            {rule.kind === 'spend' ? (
              <SpendFields rule={rule} error={(path) => error(`/${i}${path}`)} set={set} />
            ) : (
              <EventFields rule={rule} error={(path) => error(`/${i}${path}`)} set={set} />
            )}
            {Array.isArray(rule.where) && rule.where.length > 0 && (
              <p className="muted">Only for some of these events: that condition is kept as it is.</p>
            )}
            {rule.who === undefined ? (
              <div>
                <Button variant="subtle" onClick={() => set({ who: anyCustomer() })}>
                  Only for some people …
                </Button>
              </div>
            ) : (
              <div className="stack">
                <div className="row-wide">
                  <p>Only for whoever this holds for, at that moment:</p>
                  <Button
                    variant="subtle"
                    onClick={() => {
                      const { who: _who, ...everyone } = rule;
                      onChange(earn.with(i, everyone));
                    }}
                  >
                    For everyone
                  </Button>
                </div>
                <RuleEditor draft={rule.who} problems={problemsOfWho(i)} onChange={(who) => set({ who })} />
              </div>
            )}
          </div>
        );
      })}
      <div className="row-wide" style={{ justifyContent: 'flex-start' }}>
        <Button
          onClick={() =>
            onChange([
              ...earn,
              { kind: 'spend', key: freeKey('orders', earn), points: 1, per: 1, rounding: 'down' },
            ])
          }
        >
          Earn by orders
        </Button>
        <Button
          onClick={() =>
            onChange([
              ...earn,
              {
                kind: 'event',
                key: freeKey('event', earn),
                event: 'Review Written',
                points: 10,
                cap: { times: 1, per: 'month' },
              },
            ])
          }
        >
          Earn by an event
        </Button>
      </div>
    </>
  );
}

interface RuleFieldsProps {
  readonly rule: EarningDraft;
  readonly error: (path: string) => string | undefined;
  readonly set: (part: Partial<EarningDraft>) => void;
}

function SpendFields({ rule, error, set }: RuleFieldsProps) {
  return (
    <div className="row-wide" style={{ justifyContent: 'flex-start', alignItems: 'flex-start' }}>
      <NumberInput
        label="… of an order’s money"
        min={0}
        value={Number(rule.per ?? 1)}
        error={error('/per')}
        onChange={(per) => set({ per: typeof per === 'number' ? per : Number(per) })}
      />
      <Select
        label="Rounded per order"
        allowDeselect={false}
        data={[
          { value: 'down', label: 'down' },
          { value: 'nearest', label: 'to the nearest' },
          { value: 'up', label: 'up' },
        ]}
        value={rule.rounding ?? 'down'}
        onChange={(rounding) => {
          if (rounding === 'down' || rounding === 'nearest' || rounding === 'up') set({ rounding });
        }}
      />
    </div>
  );
}

const PERIODS = ['day', 'week', 'month', 'quarter', 'year'];

function EventFields({ rule, error, set }: RuleFieldsProps) {
  const { cap, event } = rule;
  return (
    <div className="row-wide" style={{ justifyContent: 'flex-start', alignItems: 'flex-start' }}>
      <TextInput
        label="Event"
        required
        withAsterisk={false}
        value={typeof event === 'string' ? event : (event ?? []).join(', ')}
        error={error('/event')}
        onChange={(e) => set({ event: e.currentTarget.value })}
      />
      <NumberInput
        label="At most so many times"
        min={1}
        max={1_000}
        allowDecimal={false}
        value={cap?.times ?? ''}
        error={error('/cap/times')}
        onChange={(times) => set({ cap: { times: Number(times) || 1, per: cap?.per ?? 'month' } })}
      />
      <Select
        label="In one"
        allowDeselect={false}
        data={PERIODS}
        value={cap?.per ?? 'month'}
        onChange={(per) => per && set({ cap: { times: cap?.times ?? 1, per } })}
      />
    </div>
  );
}
