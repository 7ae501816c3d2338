import { t } from '../../../app/language.ts';
import { navigate } from '../../../app/router.tsx';
import { supabase } from '../../../app/supabase.ts';
import { Part } from '../part.tsx';
import { say } from './texts.ts';

/** Of this device alone. */
export function SignOut() {
  const leave = async () => {
    await (await supabase()).auth.signOut({ scope: 'local' });
    navigate('/');
  };
  return (
    <Part title={say('thisDevice')}>
      <button type="button" className="button" onClick={() => void leave()}>
        {t('signOut')}
      </button>
    </Part>
  );
}
