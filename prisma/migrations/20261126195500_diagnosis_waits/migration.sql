-- AlterTable
ALTER TABLE "run" ADD COLUMN     "diagnosis_waits_since" TIMESTAMPTZ(3);
