-- No timestamp, so it is no migration.
select 1 / 0;
