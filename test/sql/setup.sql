-- Runs first: the extension, installed by a superuser, and its version.
CREATE EXTENSION meso_audit;
SELECT meso_audit.library_version() = extversion AS library_fits_sql
FROM pg_extension
WHERE extname = 'meso_audit';
