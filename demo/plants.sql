-- What is planted: for every rule of the library cases that it should find, and honest look-alikes that it should spare.
--
-- A case is a person with one or more visits. The hint is the code of the rule
-- that should find it; the facts do not have it, it goes to demo.truth, which no
-- rule reads. Ranges ('30-70') are drawn anew for every case.
--
-- lines: words ITEM[!][options]. "!" marks what is the fraud (or the look-alike).
--   *3-5  quantity      @1-4  days of the stay    /28   days of supply      =7  prescription
--   ^120  price, in %   #8    physician           &A21  department          %3  single dose, times the usual
--   +50   minutes later ~own  paid by the person  ~rev  reversed later      ~lag, ~code, ~nodr, ~psn, ~amt, ~out, ~last: spoilt data
CREATE TABLE demo.spec
(
	spec	integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	hint	text NOT NULL, setting text NOT NULL, lines text NOT NULL, honest boolean NOT NULL,
	gend	text, age text NOT NULL, newborn text, dx text NOT NULL, lv integer NOT NULL, los text NOT NULL,
	times	text NOT NULL, step interval NOT NULL, from_visit integer NOT NULL, spread boolean NOT NULL,
	hour	text NOT NULL, day text, mark text NOT NULL,
	before	text, back text, diag text, oprn text, base boolean NOT NULL, refd boolean NOT NULL,
	matn	text, internet boolean NOT NULL, person text, spoil text, special text
);
CREATE PROCEDURE demo.plant(hint text, setting text, lines text, honest boolean DEFAULT false, gend text DEFAULT NULL, age text DEFAULT '25-68',
	newborn text DEFAULT NULL, dx text DEFAULT NULL, lv integer DEFAULT NULL, los text DEFAULT '4-6', times text DEFAULT '1', step interval DEFAULT '1 day',
	from_visit integer DEFAULT 1, spread boolean DEFAULT false, hour text DEFAULT '8-15', day text DEFAULT NULL, mark text DEFAULT 'line',
	before text DEFAULT NULL, back text DEFAULT NULL, diag text DEFAULT NULL, oprn text DEFAULT NULL, base boolean DEFAULT true, refd boolean DEFAULT false,
	matn text DEFAULT NULL, internet boolean DEFAULT false, person text DEFAULT NULL, spoil text DEFAULT NULL, special text DEFAULT NULL)
LANGUAGE sql AS $$
	INSERT INTO demo.spec (hint, setting, lines, honest, gend, age, newborn, dx, lv, los, times, step, from_visit, spread, hour, day, mark,
		before, back, diag, oprn, base, refd, matn, internet, person, spoil, special)
	SELECT hint, setting, lines, honest, CASE WHEN setting IN ('pre', 'birth') THEN '2' ELSE gend END,
		CASE WHEN setting IN ('pre', 'birth') THEN '22-38' ELSE age END, newborn,
		coalesce(dx, CASE setting WHEN 'op' THEN 'L30' WHEN 'ip' THEN 'K29' WHEN 'er' THEN 'A09' WHEN 'tcm' THEN 'M54' WHEN 'chronic' THEN 'I10'
			WHEN 'dial' THEN 'N18' WHEN 'pre' THEN 'Z34' WHEN 'birth' THEN 'O80' WHEN 'ltc' THEN 'I10' ELSE 'J06' END),
		coalesce(lv, CASE setting WHEN 'er' THEN 3 WHEN 'tcm' THEN 1 WHEN 'chronic' THEN 1 WHEN 'rx' THEN 0 WHEN 'vil' THEN 0 WHEN 'ltc' THEN 0 ELSE 2 END),
		CASE WHEN setting IN ('ip', 'birth', 'ltc', 'chemo') THEN los ELSE '0' END, times, step, from_visit, spread, hour, day, mark,
		before, back, diag, oprn, base, refd, matn, internet, person, spoil, special
$$;

-- Limits of one attribute
CALL demo.plant('SEX-DRUG-M', 'op', 'finasteride!/20', gend => '2', age => '30-80');
CALL demo.plant('SEX-DRUG-M', 'op', 'finasteride!/20', true, gend => '1', age => '52-80', dx => 'N40');
CALL demo.plant('SEX-DRUG-F', 'op', 'progesterone!/10', gend => '1');
CALL demo.plant('SEX-DRUG-F', 'op', 'progesterone!/10', true, gend => '2', age => '20-45');
CALL demo.plant('SEX-SVC-F', 'op', 'us_uterus!', gend => '1');
CALL demo.plant('SEX-SVC-F', 'op', 'us_uterus!', true, gend => '2', dx => 'N76');
CALL demo.plant('SEX-SVC-M', 'op', 'us_prostate!', gend => '2');
CALL demo.plant('SEX-SVC-M', 'op', 'us_prostate!', true, gend => '1', age => '52-80', dx => 'N40');
CALL demo.plant('SEX-CONS', 'op', 'iud!', gend => '1');
CALL demo.plant('SEX-CONS', 'op', 'iud!', true, gend => '2', age => '22-45');
CALL demo.plant('CHILD-DRUG', 'op', 'ped_cough!/5', age => '15-70');
CALL demo.plant('CHILD-DRUG', 'op', 'ped_cough!/5', true, age => '10-14');
CALL demo.plant('CHILD-LIMIT', 'op', 'bosentan!/14', age => '13-60', lv => 3);
CALL demo.plant('CHILD-LIMIT', 'op', 'bosentan!/14', true, age => '3-12', lv => 3);
CALL demo.plant('NEWBORN-DRUG', 'op', 'caffeine!/1', age => '1-40');
CALL demo.plant('NEWBORN-DRUG', 'op', 'caffeine!/1', true, newborn => '4-28');
CALL demo.plant('CHILD-FORBID', 'op', 'levofloxacin!/5', age => '5-17');
CALL demo.plant('CHILD-FORBID', 'op', 'levofloxacin!/5', true, age => '18-20');
CALL demo.plant('CHILD-CODEINE', 'op', 'codeine!/3', age => '2-11');
CALL demo.plant('CHILD-CODEINE', 'op', 'codeine!/3', true, age => '12-17');
CALL demo.plant('CHILD-TETRACYCLINE', 'op', 'tetracycline!/5', age => '1-7');
CALL demo.plant('CHILD-TETRACYCLINE', 'op', 'tetracycline!/5', true, age => '8-14');
CALL demo.plant('ELDER-DRUG', 'op', 'diazepam!/7', age => '76-92');
CALL demo.plant('ELDER-DRUG', 'op', 'diazepam!/7', true, age => '60-75');
CALL demo.plant('PREGNANT-DRUG', 'pre', 'warfarin!/14');
CALL demo.plant('PREGNANT-DRUG', 'op', 'warfarin!/14', true, gend => '2', age => '50-62');
CALL demo.plant('NURSING-DRUG', 'op', 'tetracycline!/5', gend => '2', age => '23-38', matn => '2');
CALL demo.plant('NURSING-DRUG', 'op', 'tetracycline!/5', true, gend => '2', age => '23-38');
CALL demo.plant('DOSE-LABEL', 'op', 'zolpidem!/7%2-4', age => '30-70');
CALL demo.plant('DOSE-LABEL', 'op', 'zolpidem!/7%1', true, age => '30-70');
CALL demo.plant('LEVEL-DRUG', 'op', 'albumin!*1-3', lv => 1);
CALL demo.plant('LEVEL-DRUG', 'ip', 'albumin!*1-3@1', true, lv => 3);
CALL demo.plant('LEVEL-SVC', 'ip', 'crrt_h!*4-12@1', lv => 1);
CALL demo.plant('LEVEL-SVC', 'ip', 'crrt_h!*4-12@1', true);
CALL demo.plant('PRIMARY-SVC', 'op', 'home_bed!', lv => 3);
CALL demo.plant('PRIMARY-SVC', 'op', 'home_bed!', true, lv => 1);
CALL demo.plant('WARD-DRUG', 'op', 'butylphth!*1-3');
CALL demo.plant('WARD-DRUG', 'er', 'butylphth!*1-3', true);
CALL demo.plant('WARD-SVC', 'op', 'nurse1!');
CALL demo.plant('WARD-SVC', 'er', 'bed!', true);
CALL demo.plant('INJURY-DRUG', 'op', 'wound_gel!*1-4');
CALL demo.plant('INJURY-DRUG', 'op', 'wound_gel!*1-4~own', true);
CALL demo.plant('INJURY-SVC', 'op', 'injury_eval!');
CALL demo.plant('INJURY-SVC', 'op', 'injury_eval!~own', true);
CALL demo.plant('MATERNITY-DRUG', 'op', 'carboprost!', gend => '2', age => '25-40');
CALL demo.plant('MATERNITY-DRUG', 'birth', 'carboprost!@1', true);
CALL demo.plant('MATERNITY-SVC', 'op', 'fetal_mon!', gend => '2', age => '22-40');
CALL demo.plant('MATERNITY-SVC', 'pre', 'fetal_mon!', true);
CALL demo.plant('DEPT-SVC', 'op', 'voc_train!', age => '20-55');
CALL demo.plant('DEPT-SVC', 'op', 'voc_train!&A21', true, age => '20-55');
CALL demo.plant('DEPT-CONS', 'ip', 'iol!@0&A03', dx => 'H25', age => '60-85', los => '2-3');
CALL demo.plant('DEPT-CONS', 'ip', 'iol!@0&A10', true, dx => 'H25', age => '60-85', los => '2-3');
CALL demo.plant('AGE-SVC', 'op', 'voc_train!&A21', age => '61-82');
CALL demo.plant('AGE-SVC', 'op', 'voc_train!&A21', true, age => '16-60');
CALL demo.plant('TITLE-ABX', 'ip', 'meropenem!*1-4@1');
CALL demo.plant('TITLE-ABX', 'ip', 'meropenem!*1-4@1#8', true);
CALL demo.plant('NEWBORN-SVC', 'op', 'photo_neo!', age => '1-12');
CALL demo.plant('NEWBORN-SVC', 'op', 'photo_neo!', true, newborn => '4-28');
CALL demo.plant('NEWBORN-CONS', 'ip', 'neo_line!@1', age => '1-60', dx => 'J18');
CALL demo.plant('NEWBORN-CONS', 'ip', 'neo_line!@1', true, newborn => '4-26', dx => 'J18');
CALL demo.plant('CHILD-ADD', 'er', 'ped_add!', age => '7-60');
CALL demo.plant('CHILD-ADD', 'er', 'ped_add!', true, age => '1-6');
CALL demo.plant('CHILD-CONS', 'op', 'ped_mask!', age => '15-60', dx => 'J45');
CALL demo.plant('CHILD-CONS', 'op', 'ped_mask!', true, age => '4-14', dx => 'J45');
CALL demo.plant('CHILD-SVC', 'op', 'ped_dev!', age => '7-50');
CALL demo.plant('CHILD-SVC', 'op', 'ped_dev!', true, age => '1-6');
CALL demo.plant('NET-NARCOTIC', 'op', 'morphine!/7', lv => 3, internet => true);
CALL demo.plant('NET-NARCOTIC', 'op', 'morphine!/7', true, lv => 3);

-- Diagnoses and operations themselves
CALL demo.plant('DIAG-SEX-M', 'ip', '', gend => '2', diag => 'N40.x00!');
CALL demo.plant('DIAG-SEX-M', 'ip', '', true, gend => '1', age => '52-80', diag => 'N40.x00!');
CALL demo.plant('DIAG-SEX-F', 'op', '', gend => '1', diag => 'N76.000!');
CALL demo.plant('DIAG-SEX-F', 'op', '', true, gend => '2', diag => 'N76.000!');
CALL demo.plant('DIAG-AGE', 'op', '', age => '1-60', diag => 'P59.900!');
CALL demo.plant('DIAG-AGE', 'op', '', true, newborn => '4-28', diag => 'P59.900!');
CALL demo.plant('OPERATION-SEX', 'ip', '', gend => '1', oprn => '68.4900!');
CALL demo.plant('OPERATION-SEX', 'ip', '', true, gend => '2', dx => 'D25', age => '35-50', oprn => '68.4900!');
CALL demo.plant('OPERATION-DIAG', 'ip', 'op_append@0', dx => 'J18', oprn => '47.0101!');
CALL demo.plant('OPERATION-DIAG', 'ip', '', true, dx => 'K35', oprn => '47.0101!');
CALL demo.plant('OPERATION-NO-FEE', 'ip', '', dx => 'M54', diag => 'K35.800', oprn => '47.0101!');
CALL demo.plant('OPERATION-NO-FEE', 'ip', '', true, dx => 'K35', oprn => '47.0101!');
CALL demo.plant('DIAG-NO-SERVICE', 'ip', '', gend => '2', age => '24-38', diag => 'O80.000!');
CALL demo.plant('DIAG-NO-SERVICE', 'birth', '', true, diag => 'O80.000!');

-- Never payable, and prescriptions of nothing else
CALL demo.plant('NEVER-TCM', 'tcm', 'ejiao!*27-60/5=0');
CALL demo.plant('NEVER-TCM', 'tcm', 'ejiao!*27-60/5=0~own', true);
CALL demo.plant('TCM-SINGLE', 'tcm', 'gh_op gouqi!*40-60/5 juhua!*40-60/5 danggui!*30-50/5', base => false);
CALL demo.plant('TCM-SINGLE', 'tcm', 'gh_op gouqi!*40-60/5 juhua!*40-60/5 fuling*75/5', true, base => false);

-- Indications and contraindications
CALL demo.plant('IND-LUNG', 'op', 'gefitinib!/28', dx => 'K29');
CALL demo.plant('IND-LUNG', 'op', 'gefitinib!/28', true, dx => 'J20', diag => 'C34.900');
CALL demo.plant('IND-BREAST', 'ip', 'trastuzumab!@1', lv => 3);
CALL demo.plant('IND-BREAST', 'ip', 'trastuzumab!@1', true, lv => 3, gend => '2', diag => 'C50.900');
CALL demo.plant('IND-HEPB', 'op', 'entecavir!*1-2/28');
CALL demo.plant('IND-HEPB', 'op', 'entecavir!*1-2/28', true, diag => 'B18.100');
CALL demo.plant('IND-STROKE', 'ip', 'edaravone!*1-2@1-3', dx => 'K25');
CALL demo.plant('IND-STROKE', 'ip', 'edaravone!*1-2@1-3', true, dx => 'I63', age => '50-85');
CALL demo.plant('IND-DEMENTIA', 'op', 'memantine!/28', age => '60-85');
CALL demo.plant('IND-DEMENTIA', 'op', 'memantine!/28', true, age => '65-88', diag => 'G30.900');
CALL demo.plant('IND-CAPSULE', 'op', 'capsule_endo!', lv => 3);
CALL demo.plant('IND-CAPSULE', 'op', 'capsule_endo!', true, lv => 3, diag => 'K50.900');
CALL demo.plant('IND-TUMOUR', 'op', 'tumor_pnl!', dx => 'J06');
CALL demo.plant('IND-TUMOUR', 'chemo', 'tumor_pnl!@1', true, lv => 3, diag => 'C50.900');
CALL demo.plant('IND-VITD', 'op', 'vit_d!');
CALL demo.plant('IND-VITD', 'op', 'vit_d!', true, age => '55-80', diag => 'M81.900');
CALL demo.plant('IND-NEBULIZE', 'op', 'nebulize!*1-3', dx => 'K29');
CALL demo.plant('IND-NEBULIZE', 'op', 'nebulize!*1-3', true, dx => 'J20');
CALL demo.plant('IND-PHOTO', 'op', 'phototherapy!*1-4', dx => 'K29');
CALL demo.plant('IND-PHOTO', 'op', 'phototherapy!*1-4', true);
CALL demo.plant('IND-SWALLOW', 'ip', 'swallow!@1-3');
CALL demo.plant('IND-SWALLOW', 'ip', 'swallow!@1-3', true, dx => 'I63', age => '50-85');
CALL demo.plant('IND-OSTOMY', 'op', 'ostomy!*2-8');
CALL demo.plant('IND-OSTOMY', 'op', 'ostomy!*2-8', true, diag => 'Z93.300');
CALL demo.plant('DISEASE-LIST', 'chronic', 'metformin!*1-3/28', age => '45-80');
CALL demo.plant('DISEASE-LIST', 'chronic', 'metformin!*1-3/28', true, age => '45-80', dx => 'E11');
CALL demo.plant('CONTRA-NSAID', 'op', 'diclofenac!/7', dx => 'K25');
CALL demo.plant('CONTRA-NSAID', 'op', 'diclofenac!/7', true, dx => 'M17', age => '50-75');
CALL demo.plant('CONTRA-RENAL', 'op', 'acarbose!/14', age => '50-80', diag => 'N18.500');
CALL demo.plant('CONTRA-RENAL', 'op', 'acarbose!/14', true, age => '50-80', diag => 'E11.900');
CALL demo.plant('CONTRA-BETA', 'op', 'metoprolol!/14', dx => 'J45');
CALL demo.plant('CONTRA-BETA', 'op', 'metoprolol!/14', true, dx => 'J20');
CALL demo.plant('CONTRA-HYPERBARIC', 'op', 'hyperbaric!*1-3', diag => 'J93.900');
CALL demo.plant('CONTRA-HYPERBARIC', 'op', 'hyperbaric!*1-3', true, diag => 'T58.x00');

-- Charged twice; cured by a reversing line or by refunding the bill, honest on another day
CALL demo.plant('DUP-CT', 'op', 'ct_enh ct_plain!+5');
CALL demo.plant('DUP-CT', 'op', 'ct_enh ct_plain!+5~rev', true);
CALL demo.plant('DUP-CT', 'op', 'ct_enh ct_plain!+5', true, refd => true);
CALL demo.plant('DUP-CT', 'ip', 'ct_enh@1 ct_plain!@2', true);
CALL demo.plant('DUP-MRI', 'op', 'mri_enh mri!+5', lv => 3);
CALL demo.plant('DUP-MRI', 'ip', 'mri_enh@1 mri!@3', true);
CALL demo.plant('DUP-DIALYSIS', 'dial', 'hp!+20');
CALL demo.plant('DUP-DIALYSIS', 'er', 'hp!', true);
CALL demo.plant('DUP-HDF', 'dial', 'hdf hd! dialyzer', base => false);
CALL demo.plant('DUP-HDF', 'dial', 'hdf~rev hd! dialyzer', true, base => false);
CALL demo.plant('DUP-EMERGENCY', 'er', 'er_monitor!*1-3', hour => '19-23');
CALL demo.plant('DUP-EMERGENCY', 'op', 'er_monitor!', true, lv => 3);
CALL demo.plant('DUP-ANAESTHESIA', 'ip', 'intubate!@0', dx => 'K35');
CALL demo.plant('DUP-ANAESTHESIA', 'ip', 'intubate!@1', true, dx => 'J44', age => '50-85');
CALL demo.plant('DUP-ANAES-BASE', 'ip', 'anes_base@0 anes_intense!@0', dx => 'H25', age => '60-85');
CALL demo.plant('DUP-ANAES-BASE', 'ip', 'anes_base@0 anes_intense!@1', true, dx => 'H25', age => '60-85');
CALL demo.plant('DUP-LUNG-LYMPH', 'ip', 'op_lung@1 op_lymph!@1', lv => 3, diag => 'C34.900');
CALL demo.plant('DUP-LUNG-LYMPH', 'ip', 'op_lymph!@1', true, lv => 3, diag => 'C50.900');
CALL demo.plant('DUP-LUNG-DRAIN', 'ip', 'op_lung@1 chest_drain!@1', lv => 3, diag => 'C34.900');
CALL demo.plant('DUP-LUNG-DRAIN', 'ip', 'op_lung@1 chest_drain!@3', true, lv => 3, diag => 'C34.900');
CALL demo.plant('DUP-NURSING', 'ip', 'bed@0-3 nurse_sp@1 nurse_item!*1-4@1', base => false);
CALL demo.plant('DUP-NURSING', 'ip', 'bed@0-3 nurse_sp@1 nurse_item!*1-4@2', true, base => false);
CALL demo.plant('DUP-NURSING-LEVEL', 'ip', 'bed@0-3 nurse_sp@1 nurse2!@1', base => false);
CALL demo.plant('DUP-NURSING-LEVEL', 'ip', 'bed@0-3 nurse_sp@1 nurse2!@2', true, base => false);
CALL demo.plant('DUP-BED', 'ip', 'bed_icu@1-2 bed!@1-2 nurse1@0-3', base => false);
CALL demo.plant('DUP-BED', 'ip', 'bed_icu@0-1 bed!@2-3 nurse1@0-3', true, base => false);
CALL demo.plant('DUP-CATHETER', 'ip', 'catheter@1 dressing!@1');
CALL demo.plant('DUP-CATHETER', 'ip', 'catheter@1 dressing!@2', true);
CALL demo.plant('DUP-CONSUMABLE', 'dial', 'iv_set!*1-3');
CALL demo.plant('DUP-CONSUMABLE', 'er', 'iv_set!*1-3', true);
CALL demo.plant('DUP-NEEDLE', 'op', 'acupuncture acu_needle!*5-15');
CALL demo.plant('DUP-NEEDLE', 'op', 'moxa acu_needle!*5-15', true);
CALL demo.plant('DUP-GLOVES', 'op', 'gastroscopy gloves!*1-3');
CALL demo.plant('DUP-GLOVES', 'op', 'gloves!*1-3', true);
CALL demo.plant('TCM-18-GANCAO', 'tcm', 'gancao*30/5=0 gansui!*10-20/5=0');
CALL demo.plant('TCM-18-GANCAO', 'tcm', 'gancao*30/5=4 gansui!*10-20/5=5', true);
CALL demo.plant('TCM-18-WUTOU', 'tcm', 'banxia*45/5 wutou!*10-20/5 fuling*75/5', base => false);
CALL demo.plant('TCM-18-WUTOU', 'tcm', 'wutou!*10-20/5 fuling*75/5', true, base => false);
CALL demo.plant('TCM-18-LILU', 'tcm', 'danshen_t*70/5 lilu!*10-20/5 fuling*75/5', base => false);
CALL demo.plant('TCM-18-LILU', 'tcm', 'chaihu*45/5 lilu!*10-20/5 fuling*75/5', true, base => false);
CALL demo.plant('INTERACTION', 'op', 'aspirin/28 warfarin!/14+5', age => '40-70');
CALL demo.plant('INTERACTION', 'op', 'warfarin!/14', true, age => '40-70', before => 'aspirin/14', back => '20-40');
CALL demo.plant('INTERACTION-STATIN', 'op', 'clarithro!/5', age => '40-70', before => 'simva/28', back => '5-20');
CALL demo.plant('INTERACTION-STATIN', 'op', 'clarithro!/5', true, age => '40-70', before => 'simva/14', back => '20-40');
CALL demo.plant('DUP-CLASS-RX', 'op', 'rosuva/28=3 simva!/28=3+5', age => '45-75');
CALL demo.plant('DUP-CLASS-RX', 'op', 'rosuva/28=3 simva!/28=4+5', true, age => '45-75');
CALL demo.plant('DUP-CLASS-NSAID', 'op', 'ibuprofen/7=3 diclofenac!/7=3+5');
CALL demo.plant('DUP-CLASS-NSAID', 'op', 'ibuprofen/7=3 diclofenac!/7=4+5', true);
CALL demo.plant('DUP-CLASS-SUPPLY', 'op', 'rabeprazole!/14', before => 'omeprazole/30-60', back => '7-25');
CALL demo.plant('DUP-CLASS-SUPPLY', 'op', 'rabeprazole!/14', true, before => 'omeprazole/14', back => '16-40');

-- Something is missing
CALL demo.plant('NO-IMAGING', 'ip', 'contrast!*1-2@1', dx => 'M54');
CALL demo.plant('NO-IMAGING', 'ip', 'ct_enh@1 contrast!*1-2@1', true, dx => 'M54');
CALL demo.plant('NO-ANAESTHESIA', 'ip', 'propofol!*1-3@1', dx => 'M54');
CALL demo.plant('NO-ANAESTHESIA', 'ip', 'gastroscopy@1 propofol!*1-3@1', true, dx => 'M54');
CALL demo.plant('NO-INTUBATION', 'ip', 'ett!@1', dx => 'M54');
CALL demo.plant('NO-INTUBATION', 'ip', 'ventil_h*12@1 ett!@1', true, dx => 'J44', age => '50-85');
CALL demo.plant('NO-CATARACT-OP', 'ip', 'iol!@1&A10', dx => 'M54');
CALL demo.plant('NO-CATARACT-OP', 'ip', 'iol!@1&A10', true, dx => 'H25', age => '60-85');
CALL demo.plant('NO-PTCA', 'ip', 'stent!*1-2@1', lv => 3);
CALL demo.plant('NO-PTCA', 'ip', 'op_ptca@1 stent!*1-2@1', true, lv => 3);
CALL demo.plant('NO-HERBS', 'op', 'decoct!*3-7');
CALL demo.plant('NO-HERBS', 'tcm', 'decoct!*3-7', true);

-- Quantities
CALL demo.plant('HOURS-MONITOR', 'ip', 'monitor_h!*25-48@1');
CALL demo.plant('HOURS-MONITOR', 'ip', 'monitor_h!*20-24@1', true);
CALL demo.plant('HOURS-OXYGEN', 'ip', 'oxygen_h*12-16@1 oxygen_h!*13-20@1');
CALL demo.plant('HOURS-OXYGEN', 'ip', 'oxygen_h*8-12@1 oxygen_h!*8-12@1', true);
CALL demo.plant('HOURS-VENTILATOR', 'ip', 'ventil_h*16-18@1 ventil_h!*9-18@1');
CALL demo.plant('HOURS-VENTILATOR', 'ip', 'ventil_h*16-18@1 ventil_h!*9-18@2', true);
CALL demo.plant('HOURS-PRESSURE', 'ip', 'art_press_h!*25-48@1', lv => 3);
CALL demo.plant('HOURS-PRESSURE', 'ip', 'art_press_h!*18-24@1', true, lv => 3);
CALL demo.plant('HOURS-CRRT', 'ip', 'crrt_h!*25-40@1', lv => 3);
CALL demo.plant('HOURS-CRRT', 'ip', 'crrt_h!*18-24@1-2', true, lv => 3);
CALL demo.plant('ANAESTHESIA-HOURS', 'ip', 'anes_monitor!*13-20@0', dx => 'K35');
CALL demo.plant('ANAESTHESIA-HOURS', 'ip', 'anes_monitor!*6-12@0', true, dx => 'K35');
CALL demo.plant('BED-DAY', 'ip', 'bed!*1-2@1');
CALL demo.plant('BED-DAY', 'ip', 'bed!@1~rev', true);
CALL demo.plant('NURSING-DAY', 'ip', 'bed@0-3 nurse1@1 nurse2!@1', base => false);
CALL demo.plant('NURSING-DAY', 'ip', 'bed@0-3 nurse1@1 nurse2!@2', true, base => false);
CALL demo.plant('NEWBORN-CARE', 'birth', 'neo_care!@1');
CALL demo.plant('NEWBORN-CARE', 'birth', 'neo_care!@1', true, diag => 'O30.000');
CALL demo.plant('DIALYSIS-DAY', 'dial', 'hd!+200');
CALL demo.plant('DIALYSIS-DAY', 'dial', 'hd!+200~rev', true);
CALL demo.plant('DIALYSIS-WEEK', 'dial', 'hd! dialyzer', times => '6-7', from_visit => 5, base => false);
CALL demo.plant('DIALYSIS-WEEK', 'dial', 'hd! dialyzer', true, times => '3-4', base => false);
CALL demo.plant('DIALYSIS-EPO', 'dial', 'hd dialyzer epo!*13-20', base => false);
CALL demo.plant('DIALYSIS-EPO', 'dial', 'hd dialyzer epo!*8-12', true, base => false);
CALL demo.plant('DIALYZER-DAY', 'dial', 'dialyzer!*1-2+30');
CALL demo.plant('DIALYZER-DAY', 'dial', 'dialyzer!+30~rev', true);
CALL demo.plant('ACUPUNCTURE-DAY', 'op', 'cupping!*3-6');
CALL demo.plant('ACUPUNCTURE-DAY', 'op', 'moxa*2 cupping!*2', true);
CALL demo.plant('REHAB-DAY', 'ip', 'rehab_pt!*2-3@2');
CALL demo.plant('REHAB-DAY', 'ip', 'rehab_ot@2 rehab_pt!@2', true);
CALL demo.plant('REHAB-SITES', 'op', 'physio!*4-7');
CALL demo.plant('REHAB-SITES', 'op', 'physio!*2-3', true);
CALL demo.plant('REHAB-EVAL-STAY', 'ip', 'rehab_eval@0 rehab_eval@15 rehab_eval@30 rehab_eval!@45', los => '47-55', dx => 'M54');
CALL demo.plant('REHAB-EVAL-STAY', 'ip', 'rehab_eval@0 rehab_eval@15 rehab_eval!@30', true, los => '35-50', dx => 'M54');
CALL demo.plant('REHAB-EVAL-GAP', 'ip', 'rehab_eval@0 rehab_eval!@7', los => '9-14');
CALL demo.plant('REHAB-EVAL-GAP', 'ip', 'rehab_eval@0 rehab_eval!@14', true, los => '16-20');
CALL demo.plant('REHAB-DAYS', 'ip', 'rehab_ot@0-19 rehab_ot!@20-24', los => '26-29', dx => 'M54');
CALL demo.plant('REHAB-DAYS', 'ip', 'rehab_ot!@0-19', true, los => '22-26', dx => 'M54');
CALL demo.plant('GLUCOSE-DAY', 'ip', 'glucose_poc!*9-16@1');
CALL demo.plant('GLUCOSE-DAY', 'ip', 'glucose_poc!*4-8@1-2', true);
CALL demo.plant('FILM-DAY', 'op', 'film!*5-12');
CALL demo.plant('FILM-DAY', 'op', 'film!*2-4', true);
CALL demo.plant('PSY-EVAL', 'op', 'psy_eval!', before => 'psy_eval', back => '3-12');
CALL demo.plant('PSY-EVAL', 'op', 'psy_eval!', true, before => 'psy_eval', back => '15-30');
CALL demo.plant('PSY-THERAPY', 'op', 'psy_ther!*2-3');
CALL demo.plant('PSY-THERAPY', 'op', 'psy_ther!', true);
CALL demo.plant('DENTAL-SCALING', 'op', 'scaling!', before => 'scaling', back => '20-150');
CALL demo.plant('DENTAL-SCALING', 'op', 'scaling!', true, before => 'scaling', back => '182-210');
CALL demo.plant('HERB-GRAMS', 'tcm', 'huangqi!*310-500/5 fuling*75/5', base => false);
CALL demo.plant('HERB-GRAMS', 'tcm', 'huangqi!*150-300/10 fuling*150/10', true, base => false);
CALL demo.plant('DOSE-DAY', 'ip', 'ppi_inj!*5-9@1', dx => 'M54');
CALL demo.plant('DOSE-DAY', 'ip', 'ppi_inj!*2-4@1', true, dx => 'M54');
CALL demo.plant('STAPLER-VISIT', 'ip', 'stapler!*5-9@0', dx => 'K40', gend => '1', age => '35-85');
CALL demo.plant('STAPLER-VISIT', 'ip', 'stapler!*2-4@0', true, dx => 'K40', gend => '1', age => '35-85');
CALL demo.plant('STENT-VISIT', 'ip', 'op_ptca@1 stent!*4-6@1', lv => 3);
CALL demo.plant('STENT-VISIT', 'ip', 'op_ptca@1 stent!*1-3@1', true, lv => 3);
CALL demo.plant('INSULIN-BILL', 'op', 'insulin!*5-9/28');
CALL demo.plant('INSULIN-BILL', 'op', 'insulin!*2-4/28', true);
CALL demo.plant('HBA1C-PERIOD', 'op', 'hba1c!', before => 'hba1c', back => '15-58');
CALL demo.plant('HBA1C-PERIOD', 'op', 'hba1c!', true, before => 'hba1c', back => '61-95');
CALL demo.plant('FRUCTOSAMINE-PERIOD', 'op', 'fructosamine!', before => 'fructosamine', back => '3-12');
CALL demo.plant('FRUCTOSAMINE-PERIOD', 'op', 'fructosamine!', true, before => 'fructosamine', back => '15-30');
CALL demo.plant('BONE-YEAR', 'op', 'bone_density!', before => 'bone_density', back => '30-175', age => '50-80');
CALL demo.plant('BONE-YEAR', 'op', 'bone_density!', true, before => 'bone_density', back => '181-240', age => '50-80');
CALL demo.plant('COURSE-14', 'ip', 'xueshuan@0-13 xueshuan!@14-16', los => '18-24', dx => 'M54');
CALL demo.plant('COURSE-14', 'ip', 'xueshuan!@0-13', true, los => '16-24', dx => 'M54');
CALL demo.plant('COURSE-PARENTERAL', 'ip', 'parenteral@0-6 parenteral!@7-9', los => '11-14');
CALL demo.plant('COURSE-PARENTERAL', 'ip', 'parenteral!@0-6', true, los => '8-14');
CALL demo.plant('LONG-STAY', 'ip', 'bed@0-59 bed!@60-63 nurse2@0-63', los => '65-80', base => false);
CALL demo.plant('LONG-STAY', 'ltc', 'bed@0-59 bed!@60-63 nurse2@0-63', true, los => '65-80', age => '70-92', base => false);
CALL demo.plant('RX-KINDS', 'op', 'amlodipine/7 losartan/7 metoprolol/7 loratadine/7 montelukast/7 weitai!/7+5 anshen!/7+5', base => false);
CALL demo.plant('RX-KINDS', 'op', 'amlodipine/7 losartan/7 metoprolol/7 loratadine/7 montelukast!/7 weitai/7=8 anshen/7=8', true, base => false);
CALL demo.plant('TCM-KINDS', 'tcm', 'huangqi*30 danggui*30 baizhu*30 fuling*30 chenpi*30 banxia*30 dangshen*30 shanyao*30 juhua*30 gouqi*30 fangfeng*30 chuanxiong*30 baishao*30 shudi*30 chaihu*30 huangqin*30 jiegeng!*30+5 gegen!*30+5', base => false);
CALL demo.plant('TCM-KINDS', 'tcm', 'huangqi*30 danggui*30 baizhu*30 fuling*30 chenpi*30 banxia*30 dangshen*30 shanyao*30 juhua*30 gouqi*30 fangfeng*30 chuanxiong*30 baishao*30 shudi*30 chaihu*30 huangqin!*30+5', true, base => false);
CALL demo.plant('RX-DAYS-ACUTE', 'er', 'ibuprofen!/8-14');
CALL demo.plant('RX-DAYS-ACUTE', 'er', 'ibuprofen!/3-7', true);
CALL demo.plant('LONG-SUPPLY', 'op', 'guci!/85-120');
CALL demo.plant('LONG-SUPPLY', 'op', 'guci!/80-84', true);

-- Prices and sums
CALL demo.plant('PRICE-CT', 'op', 'ct_plain!^110-190');
CALL demo.plant('PRICE-CT', 'op', 'ct_plain!^98-104', true);
CALL demo.plant('PRICE-MRI', 'op', 'mri!^110-160', lv => 3);
CALL demo.plant('PRICE-MRI', 'op', 'mri!^98-104', true, lv => 3);
CALL demo.plant('PRICE-DIALYSIS', 'dial', 'hd!^110-150 dialyzer', base => false);
CALL demo.plant('PRICE-DIALYSIS', 'dial', 'hd!^98-104 dialyzer', true, base => false);
CALL demo.plant('PRICE-PHARMACY', 'rx', 'amlodipine!/14^120-190');
CALL demo.plant('PRICE-PHARMACY', 'rx', 'amlodipine!/14^95-109', true);
CALL demo.plant('CEILING-VISIT', 'ip', 'scalpel!*5-8@1');
CALL demo.plant('CEILING-VISIT', 'ip', 'scalpel!*1-3@1', true);
CALL demo.plant('CEILING-YEAR', 'op', 'phototherapy!*26-40');
CALL demo.plant('CEILING-YEAR', 'op', 'phototherapy!*8-18', true);
CALL demo.plant('SECOND-OPERATION', 'ip', 'op_cyst!@0', gend => '2', dx => 'D25', age => '32-52');
CALL demo.plant('SECOND-OPERATION', 'ip', 'op_cyst!@0^30-50', true, gend => '2', dx => 'D25', age => '32-52');
CALL demo.plant('SECOND-VESSEL', 'ip', 'op_ptca@1 op_ptca_more!@1^40-100', lv => 3);
CALL demo.plant('SECOND-VESSEL', 'ip', 'op_ptca@1 op_ptca_more!@1^10-20', true, lv => 3);
CALL demo.plant('SECOND-LINE', 'op', 'semaglutide!/28', back => '190');
CALL demo.plant('SECOND-LINE', 'op', 'semaglutide!/28', true, before => 'metformin*2/28', back => '20-175', day => 'late');
CALL demo.plant('SECOND-LINE-LIPID', 'op', 'evolocumab!*1-2/28', back => '190');
CALL demo.plant('SECOND-LINE-LIPID', 'op', 'evolocumab!*1-2/28', true, before => 'atorva*2/28', back => '20-175', day => 'late');
CALL demo.plant('UNBUNDLED-LIVER', 'op', 'gh_op alt! ast! ggt! alp! tbil! alb!', base => false);
CALL demo.plant('UNBUNDLED-LIVER', 'op', 'gh_op liver_pnl alt! ast! ggt! alp!', true, base => false);
CALL demo.plant('UNBUNDLED-THYROID', 'op', 'tsh! ft3! ft4! tpo!');
CALL demo.plant('UNBUNDLED-THYROID', 'op', 'tsh! ft3! ft4!', true);
CALL demo.plant('UNBUNDLED-ELECTROLYTES', 'op', 'na! k! cl! ca!');
CALL demo.plant('UNBUNDLED-ELECTROLYTES', 'op', 'na! k!', true);

-- Odd hours and holidays. Honest emergencies at night, which only a person can tell from fraud, are look-alikes too.
CALL demo.plant('NIGHT-REHAB', 'ip', 'swallow!@1+330', dx => 'I63', age => '50-85');
CALL demo.plant('NIGHT-REHAB', 'ip', 'swallow!@1+150', true, dx => 'I63', age => '50-85');
CALL demo.plant('NIGHT-TCM', 'op', 'acupuncture!', hour => '22-22');
CALL demo.plant('NIGHT-TCM', 'op', 'acupuncture!', true, hour => '18-20');
CALL demo.plant('NIGHT-ENDOSCOPY', 'op', 'gastroscopy!', hour => '1-4');
CALL demo.plant('NIGHT-ENDOSCOPY', 'er', 'gastroscopy!', true, hour => '1-4');
CALL demo.plant('NIGHT-VILLAGE', 'vil', 'gh_op amoxicillin!/5', hour => '0-3', base => false);
CALL demo.plant('NIGHT-VILLAGE', 'vil', 'gh_op amoxicillin!/5', true, hour => '19-22', base => false);
CALL demo.plant('NIGHT-VILLAGE', 'vil', 'gh_op ped_para!/2', true, hour => '1-3', age => '1-4', base => false);
CALL demo.plant('NIGHT-PHARMACY', 'rx', 'lianhua!/4', hour => '0-3', base => false);
CALL demo.plant('NIGHT-PHARMACY', 'rx', 'lianhua!/4', true, hour => '20-22', base => false);
CALL demo.plant('NIGHT-PHARMACY', 'rx', 'salbutamol!/14', true, hour => '1-3', base => false);
CALL demo.plant('HOLIDAY-REHAB', 'op', 'physio!*1-3', day => 'holiday');
CALL demo.plant('HOLIDAY-REHAB', 'op', 'physio!*1-3', true, day => 'workday');

-- Village clinics and pharmacies
CALL demo.plant('VILLAGE-IMAGING', 'vil', 'ct_plain!');
CALL demo.plant('VILLAGE-IMAGING', 'op', 'ct_plain!', true, lv => 1);
CALL demo.plant('VILLAGE-INJECTION', 'vil', 'ceftriaxone!*1-3');
CALL demo.plant('VILLAGE-INJECTION', 'er', 'ceftriaxone!*1-3', true);
CALL demo.plant('VILLAGE-AMOUNT', 'vil', 'gh_op lianhua*30-60/30', mark => 'person', base => false);
CALL demo.plant('VILLAGE-AMOUNT', 'vil', 'gh_op lianhua*5-20/10', true, mark => 'person', base => false);
CALL demo.plant('VILLAGE-VISITS', 'vil', '', times => '12-14', step => '2 days', mark => 'person');
CALL demo.plant('VILLAGE-VISITS', 'vil', '', true, times => '6-11', step => '2 days', mark => 'person');
CALL demo.plant('PHARMACY-SVC', 'rx', 'acupuncture!');
CALL demo.plant('PHARMACY-SVC', 'op', 'acupuncture!', true);
CALL demo.plant('PHARMACY-INJECTION', 'rx', 'ceftriaxone!*1-3');
CALL demo.plant('PHARMACY-INJECTION', 'er', 'ceftriaxone!*1-3', true);
CALL demo.plant('PHARMACY-BOXES', 'rx', 'ganmao!*9-25/7', base => false);
CALL demo.plant('PHARMACY-BOXES', 'rx', 'ganmao!*4-8/7', true, base => false);
CALL demo.plant('PHARMACY-AMOUNT', 'rx', 'osimertinib*8/28 montelukast*2-8/28', mark => 'person', base => false);
CALL demo.plant('PHARMACY-AMOUNT', 'rx', 'osimertinib*2-5/28 montelukast*2-8/28', true, mark => 'person', base => false);
CALL demo.plant('PHARMACY-PURCHASES', 'rx', 'lianhua/4', times => '15-22', step => '1 day', mark => 'person');
CALL demo.plant('PHARMACY-PURCHASES', 'rx', 'lianhua/4', true, times => '6-12', step => '2 days', mark => 'person');

-- Data that cannot be right
CALL demo.plant('DQ-AMOUNT', 'op', 'metformin!*2-4/28~amt');
CALL demo.plant('DQ-AMOUNT', 'op', 'metformin!*2-4/28', true);
CALL demo.plant('DQ-UPLOAD', 'op', 'metformin!/28~lag25-90');
CALL demo.plant('DQ-UPLOAD', 'op', 'metformin!/28~lag18-23', true);
CALL demo.plant('DQ-OUTSIDE', 'ip', 'crp!@1~out');
CALL demo.plant('DQ-OUTSIDE', 'ip', 'crp!@1~last', true);
CALL demo.plant('DQ-DEATH', 'rx', 'lianhua!/4', age => '60-90', person => 'died', base => false);
CALL demo.plant('DQ-DEATH', 'er', 'saline!', true, age => '60-90', person => 'dies', base => false);
CALL demo.plant('DQ-PAUSED', 'op', 'metformin!/28', person => 'paused', base => false);
CALL demo.plant('DQ-PAUSED', 'op', 'metformin!/28', true, person => 'resumed', base => false);
CALL demo.plant('DQ-UNKNOWN', 'op', 'metformin!/28~code');
CALL demo.plant('DQ-UNKNOWN', 'op', 'metformin!/28', true);
CALL demo.plant('DQ-MISSING', 'op', 'metformin!/28~nodr');
CALL demo.plant('DQ-MISSING', 'op', 'metformin!/28', true);
CALL demo.plant('DQ-OWNER', 'op', 'metformin!/28~psn');
CALL demo.plant('DQ-OWNER', 'op', 'metformin!/28', true);
CALL demo.plant('DQ-SUM', 'op', '', mark => 'settlement', spoil => 'sum');
CALL demo.plant('DQ-SUM', 'op', 'metformin*2~rev', true, mark => 'settlement');
CALL demo.plant('DQ-REFUND', 'op', 'metformin~rev', mark => 'settlement', refd => true);
CALL demo.plant('DQ-REFUND', 'op', 'metformin', true, mark => 'settlement', refd => true);
CALL demo.plant('DQ-ORDER', 'op', '', mark => 'visit', spoil => 'order');
CALL demo.plant('DQ-ORDER', 'er', '', true, mark => 'visit', hour => '23-23');

-- People and places
CALL demo.plant('AGG-SWIPES', 'rx', 'lianhua/4', times => '5-9', step => '40 minutes', hour => '9-9', mark => 'person');
CALL demo.plant('AGG-SWIPES', 'rx', 'lianhua/4', true, times => '2-4', step => '40 minutes', hour => '9-9', mark => 'person');
CALL demo.plant('AGG-AMOUNT', 'ip', 'bone_plate*20-26@1', lv => 3, mark => 'person');
CALL demo.plant('AGG-AMOUNT', 'ip', 'bone_plate*4-12@1', true, lv => 3, mark => 'person');
CALL demo.plant('AGG-AMOUNT-DAY', 'op', 'bone_plate*2-4', lv => 3, mark => 'person');
CALL demo.plant('AGG-AMOUNT-DAY', 'op', 'bone_plate', true, lv => 3, mark => 'person');
CALL demo.plant('AGG-PLACES', 'rx', 'lianhua/4', times => '5-9', step => '2 days', spread => true, mark => 'person');
CALL demo.plant('AGG-PLACES', 'rx', 'lianhua/4', true, times => '2-4', step => '2 days', spread => true, mark => 'person');
CALL demo.plant('AGG-DRUG-CODES', 'op', 'amlodipine=1 losartan=1 metoprolol=1 loratadine=1 montelukast=1 weitai=2 anshen=2 ganmao=2 lianhua=2 danshen=2 guci=3 acarbose=3 iron=3 folic=3 thiamazole=3 omeprazole=4 entecavir=4 tamsulosin=4 loratadine=4 sertraline=4 montelukast=4 salbutamol=5 finasteride=5 budesonide=5', gend => '1', diag => 'B18.100', mark => 'person', base => false);
CALL demo.plant('AGG-DRUG-CODES', 'op', 'amlodipine=1 losartan=1 metoprolol=1 loratadine=1 montelukast=1 weitai=2 anshen=2 ganmao=2 lianhua=2', true, mark => 'person', base => false);
CALL demo.plant('AGG-VISITS', 'op', '', times => '20-27', mark => 'person');
CALL demo.plant('AGG-VISITS', 'op', '', true, times => '10-19', mark => 'person');
CALL demo.plant('AGG-VISITS', 'dial', '', true, times => '14-15', step => '2 days', mark => 'person');
CALL demo.plant('AGG-VISITS-DAY', 'op', '', times => '4', step => '90 minutes', hour => '8-9', mark => 'person');
CALL demo.plant('AGG-VISITS-DAY', 'op', '', true, times => '2-3', step => '90 minutes', hour => '8-9', mark => 'person');
CALL demo.plant('AGG-STAYS', 'ip', '', times => '8-9', step => '32 days', mark => 'person');
CALL demo.plant('AGG-STAYS', 'ip', '', true, times => '4-7', step => '32 days', mark => 'person');
CALL demo.plant('AGG-STAYS', 'chemo', '', true, lv => 3, los => '2-3', times => '6', step => '21 days', diag => 'C50.900', mark => 'person');
CALL demo.plant('AGG-SPLIT', 'ip', '', times => '2-3', step => '12 days', mark => 'person');
CALL demo.plant('AGG-SPLIT', 'ip', '', true, times => '2', step => '6 days', los => '4-5', spread => true, mark => 'person');
CALL demo.plant('AGG-SPLIT', 'ip', '', true, times => '2-3', step => '25 days', mark => 'person');
CALL demo.plant('AGG-SPLIT', 'chemo', '', true, lv => 3, los => '2-3', times => '4-6', step => '14 days', diag => 'C50.900', person => 'registered', mark => 'person');
CALL demo.plant('AGG-READMISSIONS', 'ip', '', times => '4-5', step => '10 days', mark => 'person');
CALL demo.plant('AGG-READMISSIONS', 'ip', '', true, times => '3', step => '10 days', spread => true, mark => 'person');

CALL demo.plant('PROPHYLAXIS-CLEAN', 'ip', 'cefazolin!*2@2-3', dx => 'K40', gend => '1', los => '5-6');
CALL demo.plant('PROPHYLAXIS-CLEAN', 'ip', 'cefazolin!*2@0', true, dx => 'K40', gend => '1', hour => '9-12');
CALL demo.plant('PROPHYLAXIS-CLEAN', 'ip', 'cefazolin!*2@1', true, dx => 'K40', gend => '1', hour => '12-15');
CALL demo.plant('PROPHYLAXIS-CLEAN', 'ip', 'cefazolin!*2@2-3', true, dx => 'K40', gend => '1', los => '5-6', diag => 'L03.900');
CALL demo.plant('PROPHYLAXIS-CLEAN', 'ip', 'cefazolin!*2@2-3', true, dx => 'K35', los => '5-6');

CALL demo.plant('STAY-CHECKUP', 'ip', 'bed@0-1 nurse2@0-1 ct_plain@0 mri@0 us_abd@1 cbc@0 urine@0 liver_pnl@0 renal_pnl@0 ecg@0 saline@0-1', los => '2-3', mark => 'visit', base => false);
CALL demo.plant('STAY-CHECKUP', 'ip', 'bed@0-1 nurse2@0-1 ct_plain@0 mri@0 us_abd@1 cbc@0 urine@0 liver_pnl@0 renal_pnl@0 ecg@0 saline@0-1', true, los => '2-3', mark => 'visit', oprn => '45.2300', base => false);
CALL demo.plant('STAY-CHECKUP', 'ip', 'bed@0-1 nurse2@0-1 ct_plain@0 mri@0 us_abd@1 cbc@0 urine@0 liver_pnl@0 renal_pnl@0 ecg@0 saline@0-1', true, los => '5-8', mark => 'visit', base => false);

-- Institutions: what they are like is in province.sql; here the stays that come back, and the infections of one
INSERT INTO demo.spec (hint, setting, lines, honest, age, dx, lv, los, times, step, from_visit, spread, hour, day, mark, diag, base, refd, internet, special)
SELECT k.hint, 'ip', '', false, '40-80', 'M54', 2, '4-5', k.times, '27 days', 1, false, '8-15', 'early', 'nobody', k.diag, true, false, false, k.special
FROM (VALUES ('READMISSION-RATE', '5', NULL, 'returns'), ('INFECTION-RATE', '1', 'T81.400', 'infections')) k(hint, times, diag, special),
	generate_series(1, greatest(10, round(10 * sqrt(:persons / 8000.0))::integer));
