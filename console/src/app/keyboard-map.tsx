// The list of keys, behind `?`.
import { useState } from 'react';
import { Sheet } from '../ui/sheet.tsx';
import { goings, isMac, setSingleKeys, singleKeys } from './keys.ts';
import './palette.css';

export function KeyboardMap({ onClose }: { readonly onClose: () => void }) {
  const [single, setSingle] = useState(singleKeys());
  const command = isMac() ? '⌘' : 'Ctrl';
  const rows: readonly (readonly [readonly string[], string])[] = [
    [[command, 'K'], 'find a person, a page or something to do'],
    [[command, 'Z'], 'undo, while its message is shown'],
    [['/'], 'search on this page'],
    [['?'], 'this list'],
    ...goings.map(({ key, name }) => [['g', key], `go to ${name}`] as const),
    [['Esc'], 'close what lies on top'],
  ];
  return (
    <Sheet label="Keyboard" onClose={onClose}>
      <div className="keyboard-map">
        <div className="row-wide">
          <h2>Keyboard</h2>
          <button type="button" className="text-button" onClick={onClose}>
            Close
          </button>
        </div>
        <dl>
          {rows.map(([keys, words]) => (
            <div key={words}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
        <label className="row">
          <input
            type="checkbox"
            checked={single}
            onChange={(event) => {
              setSingle(event.currentTarget.checked);
              setSingleKeys(event.currentTarget.checked);
            }}
          />
          Single letters do something
        </label>
      </div>
    </Sheet>
  );
}
