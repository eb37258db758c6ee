// What a journey would have done over the stored history: asked by itself when nobody has asked yet, with progress, and with words
// for a history that is too short to look back on.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { backtestQuery, isUnderWay, startBacktest, type Backtest } from '../../api/backtests.ts';
import { firstMessageQuery, type FirstMessage } from '../../api/reveal.ts';
import { useCan, useFormats } from '../../app/formats.tsx';
import { people } from '../../lib/format.ts';
import { BacktestProgress } from '../../ui/backtest-progress.tsx';
import { Answer, Note, Trouble } from '../../ui/states.tsx';

export function LookBack({ message }: { readonly message: FirstMessage }) {
  const { journey, backtest } = message;
  const can = useCan();
  const client = useQueryClient();
  const begun = useRef(false);
  const ask = useMutation({
    mutationFn: () =>
      startBacktest({
        of: { kind: 'journey', key: journey.key, version: journey.version },
        // An imported history carries hardly any consents: the question is whom it would have found.
        assume_consent: true,
      }),
    onSuccess: (made) => {
      client.setQueryData(backtestQuery(made.id).queryKey, made);
      void client.invalidateQueries({ queryKey: firstMessageQuery(undefined).queryKey.slice(0, 2) });
    },
  });
  const { mutate } = ask;
  const isToAsk = backtest === null && can.define;
  useEffect(() => {
    if (!isToAsk || begun.current) return;
    begun.current = true;
    mutate();
  }, [isToAsk, mutate]);
  const id = backtest?.id ?? ask.data?.id;
  if (ask.isError) return <Trouble error={ask.error} onRetry={() => ask.mutate()} />;
  if (id !== undefined) return <Asked id={id} message={message} onAgain={() => ask.mutate()} />;
  if (!can.define)
    return <p className="muted">Nobody has looked back yet; whoever defines journeys here can.</p>;
  return <p className="sentence">Looking back over your history.</p>;
}

function Asked(props: { readonly id: string; readonly message: FirstMessage; readonly onAgain: () => void }) {
  const backtest = useQuery(backtestQuery(props.id));
  return (
    <Answer of={backtest} rows={2}>
      {(it) => {
        if (isUnderWay(it)) return <UnderWay backtest={it} />;
        if (it.result) return <Found backtest={it} message={props.message} />;
        return (
          <Note tone="warning" title={it.problem?.message ?? 'Looking back was interrupted.'}>
            <p>
              {it.problem?.hint ?? 'It changes nothing.'}{' '}
              <button type="button" className="link-button" onClick={props.onAgain}>
                Look back again
              </button>
            </p>
          </Note>
        );
      }}
    </Answer>
  );
}

function UnderWay({ backtest }: { readonly backtest: Backtest }) {
  return (
    <div className="stack-tight">
      <BacktestProgress backtest={backtest} how=", as if it had been on" />
      <p className="muted">Nothing is changed and nobody is contacted. You can go on meanwhile.</p>
    </div>
  );
}

const shortMs = 90 * 86_400_000;

function Found({ backtest, message }: { readonly backtest: Backtest; readonly message: FirstMessage }) {
  const formats = useFormats();
  const { result } = backtest;
  if (!result) return null;
  const { reached, ordered_anyway: anyway, history } = result;
  const firstAt = history.first_at ? Date.parse(history.first_at) : Date.parse(backtest.to);
  const from = Math.max(Date.parse(backtest.from), firstAt);
  const isShort = Date.parse(backtest.to) - from < shortMs;
  const span = `From ${formats.date(new Date(from))} to ${formats.date(backtest.to)}`;
  return (
    <div className="stack-tight">
      {reached.people === 0 ? (
        <p className="finding">
          {span}, nobody would have entered “{message.journey.name}”.
        </p>
      ) : (
        <>
          <p className="finding">
            {span}, it would have reached {people(formats, reached.people)}
            {anyway.of > 0 &&
              `, ${formats.number(anyway.people)} of ${anyway.of === reached.people ? 'them' : `the ${formats.number(anyway.of)} whose time has passed`} too soon`}
            .
          </p>
          {anyway.of > 0 && (
            <p>Too soon means: they ordered again unprompted, within two of their usual gaps.</p>
          )}
          {anyway.share !== null && anyway.low !== null && anyway.high !== null && (
            <p>
              That is {formats.share(anyway.share)}, between {formats.share(anyway.low)} and{' '}
              {formats.share(anyway.high)}. For a friendly question, 1 in 3 is still fair; for a discount, 1
              in 10.
            </p>
          )}
        </>
      )}
      {isShort && (
        <Note tone="info" title="The history is short">
          It covers {formats.number(Math.max(1, Math.round((Date.parse(backtest.to) - from) / 86_400_000)))}{' '}
          days, which says little about a year. The figures grow with it.
        </Note>
      )}
      <p className="muted">
        Everyone is taken to have agreed, so that the history can be judged at all.{' '}
        <Link to="/backtests/$id" params={{ id: backtest.id }}>
          How this was worked out
        </Link>
      </p>
    </div>
  );
}
