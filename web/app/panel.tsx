import { type FocusEvent, type ReactNode, useId, useRef } from 'react';

interface PanelProps {
  /** What the button shows. */
  readonly button: ReactNode;
  /** What the button is called. */
  readonly label: string;
  readonly className?: string;
  readonly children: ReactNode;
}

/**
 * A button and what it opens below the header. The browser's own popover: Escape and a press elsewhere close it, focus goes back
 * to the button, and nothing is laid over the page while it is closed. A link inside closes it, as does going on with Tab.
 */
export function Panel({ button, label, className = '', children }: PanelProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  const close = () => panel.current?.hidePopover();
  const leave = ({ relatedTarget, currentTarget }: FocusEvent) => {
    const next = relatedTarget as HTMLElement | null;
    if (next && !currentTarget.contains(next) && next.getAttribute('popovertarget') !== id) close();
  };
  return (
    <div className={`panel-anchor ${className}`}>
      <button type="button" className="header-button" popoverTarget={id} aria-label={label}>
        {button}
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: hears of the links inside, which the keyboard presses too */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: as above */}
      <div
        id={id}
        ref={panel}
        popover="auto"
        className="panel"
        onBlur={leave}
        onClick={({ target }) => {
          if ((target as HTMLElement).closest('a, [data-closes]')) close();
        }}
      >
        {children}
      </div>
    </div>
  );
}
