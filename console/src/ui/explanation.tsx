// Why a rule holds or not for one person: a calm tree of sentences, each with what was found and until when it stands.
import type { Why } from '../api/rules.ts';
import { useFormats } from '../app/formats.tsx';
import { headingOf, untilWords } from '../lib/why-words.ts';
import { Icon } from './icons.tsx';
import './explanation.css';

export function Explanation({ why, label = 'Conditions' }: { readonly why: Why; readonly label?: string }) {
  return (
    <ul className="why" aria-label={label}>
      <Node why={why} />
    </ul>
  );
}

function Node({ why }: { readonly why: Why }) {
  const formats = useFormats();
  const facts = [why.facts, untilWords(why, formats.dateTime)].filter((part) => part !== null && part !== '');
  return (
    <li data-holds={why.holds}>
      <div className="why-line">
        <Icon name={why.holds ? 'check' : 'cross'} size={16} />
        <span className="why-words">
          <span className="why-mark">{why.holds ? 'True' : 'Not true'}</span>: {headingOf(why)}
          {facts.length > 0 && <span className="why-facts">{facts.join(' · ')}</span>}
        </span>
      </div>
      {why.children.length > 0 && (
        <ul>
          {why.children.map((child, i) => (
            <Node key={i} why={child} />
          ))}
        </ul>
      )}
    </li>
  );
}
