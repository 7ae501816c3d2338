import './labels.css';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { useBookmark, useBookmarks } from './bookmarks.ts';

interface BookmarkButtonProps {
  readonly id: string;
  /** What it is called: `Bookmark AAPL`. */
  readonly label: string;
  readonly children?: string;
}

/** A star that stays where somebody put it; whether it is pressed is told beside its look. */
export function BookmarkButton({ id, label, children }: BookmarkButtonProps) {
  const saved = useBookmarks().has(id);
  const bookmark = useBookmark(id);
  return (
    <ToggleButton className="bookmark" aria-label={label} isSelected={saved} onChange={(on) => bookmark.mutate(on)}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d="M8 1.6l1.9 4.1 4.5.5-3.4 3 1 4.5L8 11.4l-4 2.3 1-4.5-3.4-3 4.5-.5z" />
      </svg>
      {children}
    </ToggleButton>
  );
}
