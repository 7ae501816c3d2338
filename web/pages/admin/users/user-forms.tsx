import { type FormEvent, useState } from 'react';
import type { ManagedUser } from '#products/kurzora/contract.ts';
import { Field, type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { t } from '../../../app/language.ts';
import { Refused } from '../deed-parts.tsx';
import { Choice } from '../list-parts.tsx';
import type { Me } from '../staff.ts';
import { say as sayHere } from '../texts.ts';
import { rolesToGive } from './create-user.tsx';
import { say, word } from './texts.ts';
import { PLANS, ROLES, STAFF, useAppoint, useChangeUser, useDeleteUser, useSwitchUser } from './users.ts';

export function EditUser({ user, me }: { user: ManagedUser; me: Me }) {
  const change = useChangeUser(user.id);
  const [name, setName] = useState(user.name);
  const [role, setRole] = useState(user.role);
  const [plan, setPlan] = useState(user.subscriptionTier);
  const [reason, setReason] = useState('');
  const changed = {
    ...(name.trim() !== user.name && { name: name.trim() }),
    ...(role !== user.role && { role }),
    ...(plan !== user.subscriptionTier && { subscription: plan }),
  };
  const nothing = Object.keys(changed).length === 0;
  const roles = rolesToGive(me);
  // A role that one may not give is shown where somebody has it.
  const options = roles.some(([each]) => each === user.role)
    ? roles
    : [...roles, [user.role, word(user.role)] as const];
  function submit(event: FormEvent): void {
    event.preventDefault();
    change.mutate({ ...changed, ...(reason.trim() && { reason: reason.trim() }) });
  }
  return (
    <form className="form part" onSubmit={submit}>
      <h2>{say('edit')}</h2>
      <Field
        label={say('name')}
        value={name}
        onChange={(event) => setName(event.target.value)}
        required
        maxLength={255}
      />
      <Choice label={say('role')} value={role} options={options} onChange={setRole} />
      {roles.length < ROLES.length && <p className="small quiet">{say('staffRolesHint')}</p>}
      <Choice label={t('plan')} value={plan} options={PLANS.map((each) => [each, word(each)])} onChange={setPlan} />
      <Field
        label={sayHere('reasonWhy')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        maxLength={500}
      />
      <button type="submit" className="button primary" disabled={nothing || change.isPending}>
        {t('save')}
      </button>
      {nothing && !change.isSuccess && <p className="small quiet">{say('nothingChanged')}</p>}
      <OutcomeLine outcome={done(change.isSuccess)} />
      <Refused error={change.error} />
    </form>
  );
}

const done = (success: boolean): Outcome => (success ? { kind: 'done', text: t('saved') } : undefined);

export function Access({ user }: { user: ManagedUser }) {
  const change = useSwitchUser(user.id);
  const [reason, setReason] = useState('');
  const action = user.isActive ? 'suspend' : 'activate';
  function submit(event: FormEvent): void {
    event.preventDefault();
    change.mutate({ action, reason: reason.trim() }, { onSuccess: () => setReason('') });
  }
  return (
    <form className="form part" onSubmit={submit}>
      <h2>{say('access')}</h2>
      <p className="small quiet">{say(user.isActive ? 'suspendLead' : 'suspendedLead')}</p>
      <Field
        label={sayHere('reasonWhy')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        required={user.isActive}
        maxLength={500}
      />
      <button type="submit" className={user.isActive ? 'button danger' : 'button'} disabled={change.isPending}>
        {say(action)}
      </button>
      <Refused error={change.error} />
    </form>
  );
}

const NO_STAFF = '';

/** Rights follow this role alone, whatever the account's own role says. */
export function Appoint({ user }: { user: ManagedUser }) {
  const appoint = useAppoint(user.id);
  const stored = user.staffRole ?? NO_STAFF;
  const [role, setRole] = useState(stored);
  const options = [[NO_STAFF, say('noStaff')] as const, ...STAFF.map((each) => [each, sayHere(each)] as const)];
  return (
    <form
      className="form part"
      onSubmit={(event) => {
        event.preventDefault();
        appoint.mutate({ role: role === NO_STAFF ? null : role });
      }}
    >
      <h2>{say('staff')}</h2>
      <p className="small quiet">{say('staffLead')}</p>
      <Choice label={say('staffRole')} value={role} options={options} onChange={setRole} />
      <button type="submit" className="button primary" disabled={role === stored || appoint.isPending}>
        {t('save')}
      </button>
      <OutcomeLine outcome={done(appoint.isSuccess && role === stored)} />
      <Refused error={appoint.error} />
    </form>
  );
}

/** The address is typed, so that no slip of the hand closes an account. */
export function RemoveUser({ user, done }: { user: ManagedUser; done: () => void }) {
  const remove = useDeleteUser(user.id);
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const confirmed = typed.trim().toLowerCase() === user.email.toLowerCase();
  function submit(event: FormEvent): void {
    event.preventDefault();
    const why = reason.trim();
    remove.mutate({ confirm: typed.trim(), ...(why && { reason: why }) }, { onSuccess: done });
  }
  return (
    <form className="form part" onSubmit={submit}>
      <h2>{say('remove')}</h2>
      <p className="small quiet">{say('removeLead')}</p>
      <Field
        label={say('removeConfirm', { email: user.email })}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        dir="ltr"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        required
      />
      <Field
        label={sayHere('reasonWhy')}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        maxLength={500}
      />
      <button type="submit" className="button danger" disabled={!confirmed || remove.isPending}>
        {say('removeButton')}
      </button>
      <Refused error={remove.error} />
    </form>
  );
}
