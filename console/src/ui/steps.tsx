// Where one is in something that takes several screens. Each step is an address, so that it can be gone back to.
import { Link, type LinkProps } from '@tanstack/react-router';
import { Icon } from './icons.tsx';
import './steps.css';

export interface Step {
  readonly key: string;
  readonly name: string;
  readonly done: boolean;
  /** Without one the step cannot be gone to yet. */
  readonly link?: Pick<LinkProps, 'to' | 'params' | 'search'> | undefined;
}

export function Steps({
  label,
  steps,
  at,
}: {
  readonly label: string;
  readonly steps: readonly Step[];
  readonly at: string;
}) {
  return (
    <nav aria-label={label}>
      <ol className="steps">
        {steps.map((step, i) => {
          const here = step.key === at;
          const words = (
            <>
              <span className="step-number" aria-hidden="true">
                {step.done && !here ? <Icon name="check" size={14} /> : i + 1}
              </span>
              {step.name}
              {step.done && !here && <span className="hidden-visually">(done)</span>}
            </>
          );
          return (
            <li key={step.key}>
              {step.link && !here ? (
                <Link {...step.link}>{words}</Link>
              ) : (
                <span className="step-later" aria-current={here ? 'step' : undefined}>
                  {words}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
