-- Create todos table
CREATE TABLE IF NOT EXISTS public.todos (
    id UUID DEFAULT gen_random_uuid() PRIMARY KEY,
    task TEXT NOT NULL,
    is_complete BOOLEAN NOT NULL DEFAULT FALSE,
    inserted_at TIMESTAMP WITH TIME ZONE DEFAULT timezone('utc'::text, now()) NOT NULL
);

ALTER TABLE public.todos ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Allow anonymous users to read todos" ON public.todos FOR SELECT TO anon USING (true);
CREATE POLICY "Allow anonymous users to insert todos" ON public.todos FOR INSERT TO anon WITH CHECK (true);
CREATE POLICY "Allow anonymous users to delete todos" ON public.todos FOR DELETE TO anon USING (true);
CREATE POLICY "Allow authenticated users to read todos" ON public.todos FOR SELECT TO authenticated USING (true);
