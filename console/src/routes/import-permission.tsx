// The last step of an import, and a step of its own so that nobody passes it by: may these people be written to, and what follows.
import { Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useFormats } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { people } from '../lib/format.ts';
import { permissions, reachWords } from '../lib/import-words.ts';
import { Section } from '../ui/page.tsx';
import { Note } from '../ui/states.tsx';
import type { StepProps } from './import-prepare.tsx';
import './journeys.css';

export function PermissionStep({ previewed, error, onSay }: StepProps) {
  const formats = useFormats();
  const { options, preview } = previewed;
  const [chosen, setChosen] = useState(options.permission ?? 'none');
  const [source, setSource] = useState(options.permission_source ?? '');
  const [date, setDate] = useState(options.permission_date ?? '');
  const withConsents = preview.columns.some((column) => column.role === 'consent');
  const check = preview.check;
  const choose = (value: string) => {
    const permission = permissions.find((one) => one.value === value)?.value ?? 'none';
    setChosen(permission);
    onSay({ permission });
  };
  return (
    <Section
      title="May you write to these people?"
      note="It is for you to know: Rapport cannot see what they agreed to. Whatever you choose, the import itself contacts nobody, and everybody stays in every picture."
    >
      <Radio.Group aria-label="Permission" value={chosen} onChange={choose}>
        <div className="stack-tight">
          {permissions.map((one) => (
            <div key={one.value} className="choice" data-chosen={chosen === one.value}>
              <Radio value={one.value} label={one.name} description={one.means} />
              <p className="choice-more reach">{reachWords(formats, one.value, check, withConsents)}</p>
              {one.value === 'opted_in' && chosen === 'opted_in' && (
                <div className="choice-more">
                  <TextInput
                    label="Where they agreed"
                    placeholder="Newsletter form on the shop"
                    value={source}
                    error={fieldError(error, '/permission_source')}
                    onChange={(event) => setSource(event.currentTarget.value)}
                    onBlur={() => onSay({ permission_source: source })}
                  />
                  <TextInput
                    type="date"
                    label="On or since which day"
                    maw={240}
                    max={formats.isoDay(new Date())}
                    value={date}
                    error={fieldError(error, '/permission_date')}
                    onChange={(event) => {
                      const value = event.currentTarget.value;
                      setDate(value);
                      if (value === '' || /^[12]\d{3}-/.test(value)) onSay({ permission_date: value });
                    }}
                  />
                </div>
              )}
            </div>
          ))}
        </div>
      </Radio.Group>
      {chosen === 'none' && <LaterNote />}
      {check && check.people > 0 && check.people_with_email === 0 && (
        <Note tone="info" title="The file holds no e-mail addresses">
          {people(formats, check.people)} will be shown by their number. Nobody of them can be mailed until an
          address becomes known.
        </Note>
      )}
    </Section>
  );
}

function LaterNote() {
  return (
    <p className="muted">
      If you find out later that you have a permission, import the file once more and say so: nothing is
      counted twice.
    </p>
  );
}
