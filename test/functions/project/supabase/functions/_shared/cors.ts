export const corsHeaders = { 'Access-Control-Allow-Origin': 'https://app.example' };
