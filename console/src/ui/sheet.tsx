// A layer over the page on the browser's own <dialog>: focus stays inside, Escape and a click beside close it, and the focus goes
// back to where it was. Needs no library, so it may be part of the frame.
import { useEffect, useRef, type ReactNode } from 'react';
import './sheet.css';

export interface SheetProps {
  readonly label: string;
  readonly onClose: () => void;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Open for as long as it is rendered. */
export function Sheet({ label, onClose, className = '', children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element && !element.open) element.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={label}
      className={`sheet ${className}`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className="sheet-inside">{children}</div>
    </dialog>
  );
}
