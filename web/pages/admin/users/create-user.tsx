import { type FormEvent, useState } from 'react';
import { Field } from '../../../app/field.tsx';
import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { Refused } from '../deed-parts.tsx';
import { Choice } from '../list-parts.tsx';
import { type Me, may } from '../staff.ts';
import { say, word } from './texts.ts';
import { PLANS, ROLES, STAFF_ROLES, useCreateUser } from './users.ts';

/** What roles somebody may give: those of staff only who manages staff. */
export const rolesToGive = (me: Me) =>
  ROLES.filter((role) => !STAFF_ROLES.includes(role) || may(me, 'admin', 'update')).map(
    (role) => [role, word(role)] as const,
  );

export function CreateUser({ me }: { me: Me }) {
  const create = useCreateUser();
  const [role, setRole] = useState('user');
  const [plan, setPlan] = useState('professional');
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const said = new FormData(form);
    const text = (name: string) => String(said.get(name) ?? '').trim();
    create.mutate(
      {
        name: text('name'),
        email: text('email'),
        role,
        subscription: plan,
        sendWelcomeEmail: said.get('welcome') !== null,
      },
      { onSuccess: () => form.reset() },
    );
  }
  return (
    <form className="form" onSubmit={submit}>
      <p className="lead small">{say('createLead')}</p>
      <Field label={say('name')} name="name" required maxLength={255} autoComplete="off" />
      <Field label={say('email')} name="email" type="email" dir="ltr" required maxLength={255} autoComplete="off" />
      <Choice label={say('role')} value={role} options={rolesToGive(me)} onChange={setRole} />
      <Choice label={t('plan')} value={plan} options={PLANS.map((each) => [each, word(each)])} onChange={setPlan} />
      <label className="check">
        <input type="checkbox" name="welcome" /> {say('welcome')}
      </label>
      <button type="submit" className="button primary" disabled={create.isPending}>
        {say('createButton')}
      </button>
      {create.data && (
        <Created id={create.data.user.id} email={create.data.user.email} password={create.data.tempPassword} />
      )}
      <Refused error={create.error} />
    </form>
  );
}

interface CreatedProps {
  readonly id: string;
  readonly email: string;
  readonly password: string | undefined;
}

/** The password is nowhere but here; leaving the page forgets it. */
function Created({ id, email, password }: CreatedProps) {
  const [copied, setCopied] = useState(false);
  return (
    <div className="created" role="status">
      <p>
        <Link to={`/admin/users/${id}`}>{say('created', { email })}</Link>
      </p>
      {password && (
        <p>
          {say('tempPassword')} <code className="ltr secret">{password}</code>{' '}
          <button
            type="button"
            className="button"
            onClick={() => void navigator.clipboard.writeText(password).then(() => setCopied(true))}
          >
            {copied ? say('copied') : say('copy')}
          </button>
        </p>
      )}
    </div>
  );
}
