// Says that Rapport was off, for a day after, until the reader puts it away: how long, how much came due, and where to see
// what became of it.
import { useQuery } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { useState } from 'react';
import { outagesQuery } from '../api/outages.ts';
import { dueSentence, isTelling, spanWords } from '../lib/outage-words.ts';
import { Icon } from '../ui/icons.tsx';
import { useFormats, When } from './formats.tsx';

const shownMs = 86_400_000;
const putAway = 'rapport.outage.seen';

export function OutageBanner() {
  const formats = useFormats();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const [seen, setSeen] = useState(readSeen);
  const { data, dataUpdatedAt } = useQuery(outagesQuery);
  const outage = data?.items.find(isTelling);
  if (outage === undefined || outage.id === seen || dataUpdatedAt - Date.parse(outage.until) > shownMs)
    return null;
  // They say it themselves.
  if (path === '/' || path.startsWith('/outages/')) return null;
  return (
    <div className="banner banner-plain" role="status">
      <Icon name="clock" />
      <span className="banner-words">
        Rapport was off for {spanWords(formats, outage)}, until <When at={outage.until} />.{' '}
        {dueSentence(formats, outage)}{' '}
        <Link to="/outages/$id" params={{ id: outage.id }}>
          What became of it
        </Link>
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label="Put this away"
        onClick={() => {
          keepSeen(outage.id);
          setSeen(outage.id);
        }}
      >
        <Icon name="cross" />
      </button>
    </div>
  );
}

function readSeen(): string | null {
  try {
    return localStorage.getItem(putAway);
  } catch {
    return null;
  }
}

function keepSeen(id: string): void {
  try {
    localStorage.setItem(putAway, id);
  } catch {
    // A browser that keeps nothing shows it again after the page is loaded anew.
  }
}
