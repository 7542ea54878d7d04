ALTER TABLE "run_steps" ALTER COLUMN "combination" SET DATA TYPE json USING "combination"::json;--> statement-breakpoint
ALTER TABLE "runs" ALTER COLUMN "model" SET DATA TYPE json USING "model"::json;