// A value to take elsewhere. A secret one stays covered until it is asked for.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Icon } from './icons.tsx';
import './copy-field.css';

export interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
  readonly secret?: boolean;
  /** Copying it is what the page is for. */
  readonly main?: boolean;
}

export function CopyField({ label, value, secret = false, main = false }: CopyFieldProps) {
  const [shown, setShown] = useState(!secret);
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  const copy = () => {
    // Absent on plain http outside localhost.
    const done: Promise<void> | undefined = navigator.clipboard?.writeText(value);
    if (done === undefined) setCopied('failed');
    else
      done.then(
        () => setCopied('yes'),
        () => setCopied('failed'),
      );
  };
  return (
    <div className="copy-field">
      <span className="muted">{label}</span>
      <code>{shown ? value : '•'.repeat(16)}</code>
      <span className="row">
        {secret && (
          <Button size="xs" onClick={() => setShown(!shown)}>
            {shown ? 'Cover' : 'Show'}
          </Button>
        )}
        <Button
          size={main ? 'sm' : 'xs'}
          variant={main ? 'filled' : 'default'}
          leftSection={<Icon name={copied === 'yes' ? 'check' : 'copy'} size={14} />}
          onClick={copy}
        >
          {copied === 'yes' ? 'Copied' : 'Copy'}
        </Button>
      </span>
      <span role="status" className="muted">
        {copied === 'failed' && 'This browser does not allow copying here: select the text.'}
      </span>
    </div>
  );
}
