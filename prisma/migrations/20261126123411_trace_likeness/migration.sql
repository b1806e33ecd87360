-- AlterTable
ALTER TABLE "trace" ADD COLUMN     "likeness" TEXT;
