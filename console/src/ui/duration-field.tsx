// A span of time as a number and a unit, stored as an ISO duration.
import { NumberInput, Select } from '@mantine/core';
import { readDuration, writeDuration, type Unit } from '../lib/rule-values.ts';
import './duration-field.css';

export interface DurationFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  readonly error?: string | undefined;
}

const units: readonly Unit[] = ['minutes', 'hours', 'days', 'weeks'];

export function DurationField({ label, value, onChange, disabled = false, error }: DurationFieldProps) {
  const { n, unit } = readDuration(value) ?? { n: 1, unit: 'days' as const };
  return (
    <div className="duration-field">
      <NumberInput
        label={label}
        min={1}
        max={9_999}
        allowDecimal={false}
        allowNegative={false}
        disabled={disabled}
        error={error}
        value={n}
        onChange={(next) => {
          const count = Number(next);
          if (Number.isInteger(count) && count >= 1) onChange(writeDuration(count, unit));
        }}
      />
      <Select
        aria-label={`${label}: unit`}
        allowDeselect={false}
        disabled={disabled}
        data={[...units, ...(units.includes(unit) ? [] : [unit])]}
        value={unit}
        onChange={(next) => {
          const chosen = units.find((one) => one === next);
          if (chosen) onChange(writeDuration(n, chosen));
        }}
      />
    </div>
  );
}
