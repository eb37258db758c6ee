// How far a backtest is: whom it lives through again, and how much of it is done.
import { useId } from 'react';
import type { Backtest } from '../api/backtests.ts';
import { useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';

export interface BacktestProgressProps {
  readonly backtest: Backtest;
  /** Ends the sentence: ", as if it had been on". */
  readonly how?: string;
}

export function BacktestProgress({ backtest, how = '' }: BacktestProgressProps) {
  const formats = useFormats();
  const id = useId();
  const { share, events, people: all, phase } = backtest.progress;
  return (
    <>
      <p className="sentence" id={id}>
        {backtest.state === 'queued'
          ? 'Waiting for its turn.'
          : phase === 'learning'
            ? 'Learning what was known of everyone’s rhythm at each month.'
            : `Living ${people(formats, all)} and ${formats.number(events)} events through again${how}.`}
      </p>
      <div
        className="progress"
        role="progressbar"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <div style={{ width: `${Math.min(100, share * 100)}%` }} />
      </div>
    </>
  );
}
