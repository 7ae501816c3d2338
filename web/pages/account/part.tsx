import type { ReactNode } from 'react';

/** One part of the page: what it is about beside what can be done. */
export function Part({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section className="profile-part">
      <header>
        <h2>{title}</h2>
        {lead && <p className="quiet small">{lead}</p>}
      </header>
      <div className="profile-content">{children}</div>
    </section>
  );
}
