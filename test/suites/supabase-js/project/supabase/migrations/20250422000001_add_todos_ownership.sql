ALTER TABLE public.todos ADD COLUMN user_id UUID REFERENCES auth.users(id);

CREATE POLICY "Allow authenticated users to insert their own todos" ON public.todos
    FOR INSERT TO authenticated WITH CHECK (auth.uid() = user_id);
CREATE POLICY "Allow authenticated users to update their own todos" ON public.todos
    FOR UPDATE TO authenticated USING (auth.uid() = user_id) WITH CHECK (auth.uid() = user_id);
CREATE POLICY "Allow authenticated users to delete their own todos" ON public.todos
    FOR DELETE TO authenticated USING (auth.uid() = user_id);
