// What arrives under a key, looked at every two seconds: a sentence, the newest few, what was refused and why, and what to
// do when nothing comes.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { heardQuery, type Heard, type HeardRefused } from '../api/heard.ts';
import { useFormats } from '../app/formats.tsx';
import { agoInSeconds, heardWords, siteOf } from '../lib/heard-words.ts';
import { traitName } from '../lib/words.ts';
import { Section } from '../ui/page.tsx';
import { Answer, Badge, Note } from '../ui/states.tsx';

const minuteMs = 60_000;
const dayMs = 86_400_000;

export function Listening({ keyId }: { readonly keyId: string }) {
  const heard = useQuery(heardQuery(keyId));
  return (
    <Section title="What we hear">
      <Answer of={heard} rows={4}>
        {(it) => (
          <div className="stack">
            <Finding heard={it} />
            {it.unknown && isRecent(it.unknown.last_at) && <Unknown unknown={it.unknown} />}
            {it.refused.length > 0 && <Refused refused={it.refused} />}
            <Nothing open={it.stored.last_at === null} />
          </div>
        )}
      </Answer>
    </Section>
  );
}

function Finding({ heard: { stored, days } }: { readonly heard: Heard }) {
  const formats = useFormats();
  const now = useSeconds();
  const [newest] = stored.recent;
  if (!newest || stored.last_at === null) {
    return (
      <div className="card heard" data-heard="no">
        <p className="finding" role="status">
          We are listening.
        </p>
        <p className="muted">
          Put the line in, then open your site in another tab. It shows here within seconds.
        </p>
      </div>
    );
  }
  return (
    <div className="card heard" data-heard="yes">
      <p className="finding">
        <span role="status">
          {now.getTime() - new Date(newest.at).getTime() < minuteMs ? 'We hear you' : 'We heard you'}:{' '}
          {heardWords(newest.name)} from {siteOf(newest.origin)}
        </span>
        , {agoInSeconds(newest.at, now, formats)}.
      </p>
      <ul className="heard-list">
        {stored.recent.map((one, i) => (
          <li key={`${one.at} ${i}`}>
            <span>{one.name}</span>
            <span className="muted">{siteOf(one.origin)}</span>
            <time dateTime={one.at} className="muted" title={formats.dateTime(one.at)}>
              {agoInSeconds(one.at, now, formats)}
            </time>
          </li>
        ))}
      </ul>
      <p className="muted">
        {formats.number(stored.count)} {stored.count === 1 ? 'event' : 'events'} in the last {days} days.
      </p>
    </div>
  );
}

function Unknown({ unknown }: { readonly unknown: HeardRefused }) {
  return (
    <Note tone="warning" title={`${siteOf(unknown.origin)} sends with a key that is not known.`}>
      <p>{unknown.message} If that site is yours, put the line of this page into it.</p>
    </Note>
  );
}

function Refused({ refused }: { readonly refused: readonly HeardRefused[] }) {
  const formats = useFormats();
  return (
    <div className="stack-tight">
      <h3>Refused</h3>
      <ul className="plain-list">
        {refused.map((one) => (
          <li key={one.code} className="stack-tight" style={{ gap: 4 }}>
            <div className="row-wide">
              <strong>{one.message}</strong>
              <Badge tone="warning" icon="warning">
                {traitName(one.code)}
                {one.count > 1 && `, ${formats.number(one.count)} times`}
              </Badge>
            </div>
            <p>{one.hint}</p>
            <p className="muted">
              {siteOf(one.origin)} · {formats.ago(one.last_at)} ·{' '}
              <Link to="/quarantine" search={{ code: one.code }}>
                what was sent
              </Link>
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Nothing({ open }: { readonly open: boolean }) {
  return (
    <details className="heard-help" open={open}>
      <summary>When nothing arrives</summary>
      <ul>
        <li>
          <strong>The site was not published</strong>, or shows an old copy: empty its cache, and look for{' '}
          <code>tag.js</code> in the source of the page.
        </li>
        <li>
          <strong>An ad blocker</strong> keeps it out: try a browser profile without extensions. Some visitors
          will have one; the site’s server can tell what matters.
        </li>
        <li>
          <strong>A content security policy</strong>: add <code>{location.origin}</code> to{' '}
          <code>script-src</code> and <code>connect-src</code>.
        </li>
        <li>
          <strong>https and http</strong>: a site on https sends only to a Rapport on https.
        </li>
        <li>
          <strong>It waits for consent</strong> that nobody gives: the consent tool has to say{' '}
          <code>rapport.consent(true)</code>.
        </li>
        <li>
          <strong>The wrong key</strong>: then it says so here, above. The browser’s console of the site says
          more, as <code>rapport: …</code>.
        </li>
      </ul>
    </details>
  );
}

function isRecent(at: string): boolean {
  return Date.now() - new Date(at).getTime() < dayMs;
}

/** The time, again every second. */
function useSeconds(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
