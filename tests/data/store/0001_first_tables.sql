BEGIN TRANSACTION;
CREATE TABLE address_reviews (
	id INTEGER NOT NULL, 
	"table" TEXT NOT NULL, 
	address TEXT NOT NULL, 
	building_id TEXT, 
	reviewer TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_address_reviews PRIMARY KEY (id), 
	CONSTRAINT uq_address_reviews_address UNIQUE (address)
);
INSERT INTO "address_reviews" VALUES(1,'complaints','示例花园12号楼','B0001','local','2026-11-24 12:00:00.000000');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001_first_tables');
CREATE TABLE audit_events (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	facts JSON NOT NULL, 
	CONSTRAINT pk_audit_events PRIMARY KEY (id)
);
CREATE TABLE header_mappings (
	id INTEGER NOT NULL, 
	sender TEXT NOT NULL, 
	"table" TEXT NOT NULL, 
	field TEXT NOT NULL, 
	"column" TEXT NOT NULL, 
	CONSTRAINT pk_header_mappings PRIMARY KEY (id), 
	CONSTRAINT uq_header_mappings_sender_table_field UNIQUE (sender, "table", field)
);
INSERT INTO "header_mappings" VALUES(1,'s','complaints','title','标题');
CREATE TABLE settings (
	name TEXT NOT NULL, 
	value JSON NOT NULL, 
	CONSTRAINT pk_settings PRIMARY KEY (name)
);
CREATE INDEX ix_audit_events_at ON audit_events (at);
COMMIT;
