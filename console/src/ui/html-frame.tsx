// A message's HTML in a frame that may do nothing: no scripts, no forms, no navigation, no cookies of ours.
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { inScheme, type Scheme } from '../lib/letter-words.ts';

export interface HtmlFrameProps {
  readonly html: string;
  readonly title: string;
  readonly height?: number;
  /** As a mail reader of this look shows it; absent: as this machine does. */
  readonly scheme?: Scheme;
}

export function HtmlFrame({ html, title, height = 640, scheme }: HtmlFrameProps) {
  return (
    <iframe
      className="frame"
      title={title}
      sandbox=""
      referrerPolicy="no-referrer"
      srcDoc={scheme === undefined ? html : inScheme(html, scheme)}
      height={height}
      style={scheme === undefined ? undefined : { colorScheme: scheme }}
    />
  );
}

/** The same, as on a desk or a phone, in the light or the dark. */
export function WidthFrame({ html, title }: { readonly html: string; readonly title: string }) {
  const [width, setWidth] = useState('desk');
  const [scheme, setScheme] = useState<Scheme>('light');
  return (
    <div className="stack-tight">
      <div className="row">
        <div className="wide-only">
          <SegmentedControl
            aria-label="Width"
            size="xs"
            data={[
              { value: 'desk', label: 'Desktop' },
              { value: 'phone', label: 'Phone' },
            ]}
            value={width}
            onChange={setWidth}
          />
        </div>
        <SegmentedControl
          aria-label="Look of the mail reader"
          size="xs"
          data={[
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
          value={scheme}
          onChange={(value) => setScheme(value === 'dark' ? 'dark' : 'light')}
        />
      </div>
      <div style={width === 'phone' ? { maxWidth: 375 } : undefined}>
        <HtmlFrame html={html} title={title} scheme={scheme} />
      </div>
    </div>
  );
}
