-- Policies for the test bucket; the table belongs to storage, switching on what is on must not fail
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
INSERT INTO storage.buckets (id, name, public) VALUES ('test-bucket', 'test-bucket', false) ON CONFLICT (id) DO NOTHING;

DROP POLICY IF EXISTS "allow_anon_all_test_bucket" ON storage.objects;
CREATE POLICY "allow_anon_all_test_bucket" ON storage.objects FOR ALL TO anon
    USING (bucket_id = 'test-bucket') WITH CHECK (bucket_id = 'test-bucket');
CREATE POLICY "give buckets to anon" ON storage.buckets FOR SELECT TO anon USING (id = 'test-bucket');
