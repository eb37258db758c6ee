// A message's HTML in a frame that may do nothing: no scripts, no forms, no navigation, no cookies of ours.
import { useState } from 'react';

export interface HtmlFrameProps {
  readonly html: string;
  readonly title: string;
  readonly height?: number;
}

export function HtmlFrame({ html, title, height = 640 }: HtmlFrameProps) {
  return (
    <iframe
      className="frame"
      title={title}
      sandbox=""
      referrerPolicy="no-referrer"
      srcDoc={html}
      height={height}
    />
  );
}

/** The same, at the width of a phone or of a desk. */
export function WidthFrame({ html, title }: { readonly html: string; readonly title: string }) {
  const [narrow, setNarrow] = useState(false);
  return (
    <div className="stack-tight">
      <label className="row muted wide-only">
        <input
          type="checkbox"
          checked={narrow}
          onChange={(event) => setNarrow(event.currentTarget.checked)}
        />{' '}
        As on a phone
      </label>
      <div style={narrow ? { maxWidth: 375 } : undefined}>
        <HtmlFrame html={html} title={title} />
      </div>
    </div>
  );
}
