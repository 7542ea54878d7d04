CREATE TABLE "host_tickets" (
	"hash" text PRIMARY KEY,
	"host_id" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hosts" (
	"id" text PRIMARY KEY,
	"url" text NOT NULL,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "hostId" text;--> statement-breakpoint
ALTER TABLE "workspaces" ADD COLUMN "egressAllow" jsonb;--> statement-breakpoint
ALTER TABLE "host_tickets" ADD CONSTRAINT "host_tickets_host_id_hosts_id_fkey" FOREIGN KEY ("host_id") REFERENCES "hosts"("id") ON DELETE CASCADE;